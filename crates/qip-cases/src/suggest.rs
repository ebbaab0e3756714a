//! A text that must be one of a list, and what was meant where it is none.

/// How long a list may be to be shown beside the one that was likely meant.
const SHORT: usize = 20;

/// The candidate that `given` seems to mean.
fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(given, candidate), candidate))
        // A third of the letters wrong is another word.
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Says that `given` is no `what`, which one was likely meant, and which there are. A long
/// list is left out where one comes near.
pub fn no_such<'a>(
    what: &str,
    given: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    let message = format!("no {what} is called `{}`", qip_contract::quote(given));
    let all: Vec<&str> = candidates.into_iter().collect();
    let expected = format!("expected one of `{}`", all.join("`, `"));
    match nearest(given, all.iter().copied()) {
        None => format!("{message}, {expected}"),
        Some(nearest) if all.len() <= SHORT => {
            format!("{message} (did you mean `{nearest}`?), {expected}")
        }
        Some(nearest) => format!("{message}, did you mean `{nearest}`?"),
    }
}

#[cfg(test)]
mod tests {
    use super::no_such;

    #[test]
    fn a_short_list_is_shown() {
        let found = |given| no_such("fruit", given, ["apple", "pear"]);
        assert_eq!(
            found("aple"),
            "no fruit is called `aple` (did you mean `apple`?), expected one of `apple`, `pear`"
        );
        assert_eq!(
            found("potato"),
            "no fruit is called `potato`, expected one of `apple`, `pear`"
        );
    }

    #[test]
    fn a_long_list_is_shown_where_nothing_comes_near() {
        let all: Vec<String> = (10..31).map(|number| format!("N-{number}")).collect();
        let found = |given| no_such("clause", given, all.iter().map(String::as_str));
        assert_eq!(
            found("N-l5"),
            "no clause is called `N-l5`, did you mean `N-15`?"
        );
        let told = found("anything");
        assert!(
            told.starts_with("no clause is called `anything`, expected one of `N-10`, `N-11`, "),
            "{told}"
        );
        assert!(told.ends_with(", `N-30`"), "{told}");
    }
}
