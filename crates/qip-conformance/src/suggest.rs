//! A text that must be one of a list, and what was meant where it is none.

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

/// Says that `given` is no `what`, and which one was likely meant.
pub(crate) fn no_such<'a>(
    what: &str,
    given: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    let given_shown = qip_contract::quote(given);
    if let Some(nearest) = nearest(given, candidates.clone()) {
        return format!("no {what} is called `{given_shown}`, did you mean `{nearest}`?");
    }
    let all: Vec<String> = candidates
        .into_iter()
        .map(|candidate| format!("`{candidate}`"))
        .collect();
    if all.len() > 8 {
        return format!("no {what} is called `{given_shown}`");
    }
    format!(
        "no {what} is called `{given_shown}`, expected one of {}",
        all.join(", ")
    )
}
