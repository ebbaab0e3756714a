//! Tiles that do not fit (IMG-3, IMG-4).

use qip_contract::{Code, ExportName, Kind};

use super::Module;
use crate::place::Site;
use crate::{Finding, Lint};

/// Pixels on a side of a tile's core.
const CORE: i64 = 64;
/// Bytes of a pixel: four `f32`.
const PIXEL: u128 = 16;

pub(super) fn find(module: &Module<'_>, found: &mut Vec<(Finding, Site)>) {
    if module.signature.kind() != Kind::Tile {
        return;
    }
    let has_halo = module.signature.export(ExportName::Halo).is_some();
    // A getter that has to be run may say anything from 0 on.
    let halo = module.number(ExportName::Halo).map(u32::cast_signed);
    let halo = halo.map_or(0, |halo| i64::from(halo.max(0)));
    let span = CORE + 2 * halo;
    let bytes = span.cast_unsigned() as u128 * span.cast_unsigned() as u128 * PIXEL;
    if let Some(capacity) = module.number(ExportName::InputBytesCap)
        && bytes > u128::from(capacity)
        && module
            .address_of_number(ExportName::InputBytesCap)
            .is_none()
    {
        let message = format!(
            "a tile of {span} × {span} pixels has {bytes} bytes, and `input_bytes_cap` is {capacity}"
        );
        let is_halo = has_halo && halo > 0;
        let finding = match is_halo {
            true => Finding::new(Lint::HaloBeyondCapacity, message),
            false => Finding::new(Code::TileTooLarge, message),
        };
        let name = match is_halo {
            true => ExportName::Halo,
            false => ExportName::InputBytesCap,
        };
        let finding = finding
            .named(name.as_str())
            .found(format!("{capacity}"), format!("{bytes} at least"))
            .help("make the buffer as large as a tile with its halo: (64 + 2 × halo)² × 16 bytes");
        found.push((finding, module.site(name)));
        return;
    }
    if let (Some(pointer), Some(most)) = (module.number(ExportName::InputPtr), module.most_memory())
        && u128::from(pointer) + bytes > u128::from(most)
    {
        let finding = Finding::new(
            Code::TileOutOfBounds,
            format!(
                "a tile of {bytes} bytes at `input_ptr` {pointer} goes past the end of a memory of {most} bytes"
            ),
        )
        .named("input_ptr")
        .found(
            (u128::from(pointer) + bytes).to_string(),
            format!("{most} at most"),
        )
        .help("give the memory more pages, or put the buffer lower");
        found.push((finding, module.site(ExportName::InputPtr)));
    }
}
