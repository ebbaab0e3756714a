//! Numbers that are exported as the address of a variable (MOD-9), capacities of which only
//! one counts (IN-2, OUT-2), and numbers that only running the module tells (MOD-3).

use qip_contract::{ExportName, Kind, Shape, ValType};

use super::{Module, at};
use crate::place::Site;
use crate::{Finding, Lint};

/// The exports that hold a size, in bytes or elements.
const SIZES: [ExportName; 7] = [
    ExportName::InputUtf8Cap,
    ExportName::InputBytesCap,
    ExportName::OutputUtf8Cap,
    ExportName::OutputBytesCap,
    ExportName::OutputI32Cap,
    ExportName::InputContentTypeSize,
    ExportName::OutputContentTypeSize,
];

const POINTERS: [ExportName; 4] = [
    ExportName::InputPtr,
    ExportName::OutputPtr,
    ExportName::InputContentTypePtr,
    ExportName::OutputContentTypePtr,
];

pub(super) fn find(module: &Module<'_>, found: &mut Vec<(Finding, Site)>) {
    for name in SIZES {
        if let (Some(number), Some(address)) = (module.address_of_number(name), module.number(name))
        {
            addresses(module, name, address, number, found);
        }
    }
    if module.signature.kind() == Kind::Content {
        several(module, found);
        unread(module, found);
    }
    for name in POINTERS.into_iter().chain(SIZES) {
        let is_number = module.signature.export(name).is_some_and(is_number);
        if is_number && module.facts.number(name).is_none() {
            let finding = at(
                Lint::GetterNotConstant,
                name,
                format!("`{name}` is only known once the module runs"),
            )
            .help("export an immutable global, or a function that does nothing but return a constant: what lies where can then be checked");
            found.push((finding, module.site(name)));
        }
    }
}

/// Whether it is what MOD-3 asks of a number; anything else is refused.
fn is_number(shape: &Shape) -> bool {
    matches!(
        shape,
        Shape::Global {
            ty: ValType::I32,
            ..
        }
    ) || shape.is_function(&[], &[ValType::I32])
}

fn addresses(
    module: &Module<'_>,
    name: ExportName,
    address: u32,
    number: u32,
    found: &mut Vec<(Finding, Site)>,
) {
    let at_address = u64::from(address);
    let mut segments = module.facts.data.iter().enumerate();
    let segment = segments.find(|(_, data)| {
        data.range()
            .is_some_and(|filled| filled.contains(&at_address))
    });
    let segment = segment.map_or_else(String::new, |(index, _)| {
        format!(" in {}", module.facts.data_name(index))
    });
    let finding = at(
        Lint::CapacityIsAddress,
        name,
        format!("`{name}` is the address of its number"),
    )
    .found(
        format!("{address}{segment}, and the 4 bytes there say {number}"),
        "the number itself",
    )
    .help(format!(
        "export a function that returns it, not a variable; in C `uint32_t {name}(void) {{ return {number}; }}`"
    ))
    .unless(format!("{address} is meant, and the {number} there is something else"));
    found.push((finding, module.site(name)));
}

fn several(module: &Module<'_>, found: &mut Vec<(Finding, Site)>) {
    let exported = |names: &[ExportName]| -> Vec<ExportName> {
        let names = names.iter().copied();
        names
            .filter(|name| module.signature.export(*name).is_some())
            .collect()
    };
    for (what, clause, names) in [
        ("input", "IN-2", &SIZES[..2]),
        ("output", "OUT-2", &SIZES[2..5]),
    ] {
        let [wins, others @ ..] = &exported(names)[..] else {
            continue;
        };
        for other in others {
            let finding = at(
                Lint::SeveralCapacities,
                *other,
                format!("`{other}` is never read, since `{wins}` wins"),
            )
            .about(clause)
            .found("more than one", format!("one capacity for the {what}"))
            .help(format!("keep the one that says what the {what} is"))
            .unless("the other one is there for hosts that read it");
            found.push((finding, module.site(*other)));
        }
    }
}

/// An output capacity without a pointer: the entry point's result is taken as a number.
fn unread(module: &Module<'_>, found: &mut Vec<(Finding, Site)>) {
    if module.signature.export(ExportName::OutputPtr).is_some() {
        return;
    }
    let mut names = SIZES[2..5].iter().copied();
    if let Some(name) = names.find(|name| module.signature.export(*name).is_some()) {
        let finding = at(
            Lint::UnreadOutput,
            name,
            format!("`{name}` is never read, since there is no `output_ptr`"),
        )
        .found("a capacity alone", "`output_ptr` beside it")
        .help("export `output_ptr`, or remove the capacity if the result is a number")
        .unless("the result of the entry point is what is wanted");
        found.push((finding, module.site(name)));
    }
}
