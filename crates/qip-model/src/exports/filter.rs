//! What a host looks for in a tile filter (IMG-1, IMG-5, IMG-6), in the order of ORD-1.
//! Its other exports are those of another kind of module, and of no concern.

use qip_cases::Outcome;
use qip_contract::{Code, Value};
use qip_engine::ExportId;
use wasmparser::ValType;

use super::super::Mutation;
use super::{
    Export, Exports, Getter, INPUT_CAPS, INPUT_TYPE, OUTPUT_TYPE, Pair, UNIFORM, WIDTH_AND_HEIGHT,
    missing, wrong_shape,
};

/// The tile functions, the newer name first.
pub(super) const TILE: [&str; 2] = ["tile_rgba32float_64x64", "tile_rgba_f32_64x64"];

const HALO: &str = "calculate_halo_px";

/// What a tile filter is asked for.
pub(crate) struct Filter {
    /// The names of the exports that are used; an [`ExportId`] is a position in here.
    pub(crate) exports: Vec<String>,
    /// In the order in which they are applied (UNI-2).
    pub(crate) uniforms: Vec<(ExportId, Value)>,
    pub(crate) input_ptr: Getter,
    pub(crate) input_bytes_cap: Getter,
    /// The setter of width and height.
    pub(crate) size_setter: Option<ExportId>,
    pub(crate) halo: Option<Getter>,
    pub(crate) tile: ExportId,
    /// The size of the memory that the module declares.
    pub(crate) declared_memory: usize,
    /// What only a mutant needs.
    pub(crate) by_mistake: ByMistake,
}

/// What a mutant takes of a tile filter beyond what the clauses say.
#[derive(Default)]
pub(crate) struct ByMistake {
    /// Whether the tile function takes integers.
    pub(crate) takes_integers: bool,
    /// Where output would be, if it were a content module.
    pub(crate) output_ptr: Option<Getter>,
    pub(crate) input_type: Option<Pair>,
    pub(crate) output_type: Option<Pair>,
}

impl<'b> Exports<'b> {
    /// IMG-1 and MOD-6: whether there is a tile function, of whatever kind. Only a mutant
    /// minds an entry point beside it.
    pub(super) fn is_tile_filter(&self) -> bool {
        let job = self.job;
        let mut found = TILE.to_vec();
        found.retain(|name| self.has(name));
        match found[..] {
            [] => return false,
            [newer] if newer == TILE[0] && job.errs(Mutation::OlderTileOnly) => return false,
            [older] if older == TILE[1] && job.errs(Mutation::NewerTileOnly) => return false,
            _ => {}
        }
        let is_function = |name| matches!(self.binary.exports.get(name), Some(Export::Function(_)));
        let has_function = found.into_iter().any(is_function);
        let has_entry = self.has("render") || self.has("run");
        !(job.errs(Mutation::TileFunctionIgnored)
            || !has_function && job.errs(Mutation::TileKindMatters)
            || has_entry && job.errs(Mutation::EntryBeatsTile))
    }

    /// A tile filter of which nothing is wrong.
    pub(super) fn filter(mut self, given: &[(String, String)]) -> Result<Filter, Outcome> {
        let job = self.job;
        let tile = self.check_tile_function()?;
        if job.disorders(Mutation::HaloFirst) {
            self.check_halo()?;
        }
        if job.disorders(Mutation::SizeSetterFirst) {
            self.check_size_setter()?;
        }
        self.check_input_ptr()?;
        let input_cap = self.check_tile_cap()?;
        if job.disorders(Mutation::HaloBeforeSizeSetter) {
            self.check_halo()?;
        }
        let has_size_setter = self.check_size_setter()?;
        if job.disorders(Mutation::TileUniformsFirst) {
            self.check_uniforms(given)?;
        }
        let has_halo = self.check_halo()?;
        if job.errs(Mutation::TileContentExportsChecked) {
            self.check_output()?;
            self.check_pair(INPUT_TYPE)?;
            self.check_pair(OUTPUT_TYPE)?;
            self.check_number(INPUT_CAPS[0])?;
        }
        let values = self.check_uniforms(given)?;

        let mut uniforms = Vec::new();
        for (key, value) in values {
            uniforms.push((self.id(&format!("{UNIFORM}{key}")), value));
        }
        let by_mistake = self.filter_by_mistake(tile);
        Ok(Filter {
            uniforms,
            input_ptr: self.getter("input_ptr", 0),
            input_bytes_cap: self.getter(input_cap, u32::MAX),
            size_setter: has_size_setter.then(|| self.id(&format!("{UNIFORM}{WIDTH_AND_HEIGHT}"))),
            halo: has_halo.then(|| self.getter(HALO, 0)),
            tile: self.id(tile),
            declared_memory: self.declared_memory(),
            by_mistake,
            exports: self.used,
        })
    }

    fn filter_by_mistake(&mut self, tile: &str) -> ByMistake {
        let job = self.job;
        let mut by_mistake = ByMistake::default();
        if let Some(Export::Function(function)) = self.binary.exports.get(tile) {
            by_mistake.takes_integers = function.params() == [ValType::I32; 2];
        }
        if self.is_sound_number("output_ptr") && job.errs(Mutation::TileReadAtOutput) {
            by_mistake.output_ptr = Some(self.getter("output_ptr", 0));
        }
        let is_sound = |exports: &Self, [ptr, size]: [&str; 2]| {
            exports.is_sound_number(ptr) && exports.is_sound_number(size)
        };
        if is_sound(self, INPUT_TYPE) && job.errs(Mutation::FilterInputTypeRead) {
            by_mistake.input_type = Some(self.pair(INPUT_TYPE));
        }
        if is_sound(self, OUTPUT_TYPE) && job.errs(Mutation::FilterOutputTypeRead) {
            by_mistake.output_type = Some(self.pair(OUTPUT_TYPE));
        }
        by_mistake
    }

    /// Whether there is a number of this name. Nobody asks for it but a mutant.
    fn is_sound_number(&self, name: &str) -> bool {
        let found = self.number(name);
        found.is_some_and(|found| self.is_number(found))
    }

    /// IMG-1 and MOD-6: both names are shape-checked, and the newer one is called.
    fn check_tile_function(&self) -> Result<&'static str, Outcome> {
        let job = self.job;
        let mut names = TILE.to_vec();
        names.retain(|name| self.has(name));
        if names.len() > 1 && job.errs(Mutation::OlderTileFirst) {
            names.reverse();
        }
        let mut shapes = names
            .into_iter()
            .map(|name| (name, self.check_tile_shape(name)));
        let Some((name, shape)) = shapes.next() else {
            return Err(missing(TILE[0], Code::MissingExport));
        };
        if shape.is_err() && job.errs(Mutation::TileShapeUnchecked) {
            return Err(missing(name, Code::MissingExport));
        }
        match shapes.next() {
            Some((other, Ok(()))) if shape.is_err() && job.errs(Mutation::TileFallsBack) => {
                Ok(other)
            }
            Some((_, Err(fault))) if !job.errs(Mutation::LosingTileUnchecked) => {
                shape.and(Err(fault))
            }
            _ => shape.map(|()| name),
        }
    }

    /// IMG-1.
    fn check_tile_shape(&self, name: &str) -> Result<(), Outcome> {
        let wanted = [ValType::F32; 2];
        if let Some(Export::Function(function)) = self.binary.exports.get(name) {
            let (params, results) = (function.params(), function.results());
            let is_lax = params == wanted
                && !results.is_empty()
                && self.job.errs(Mutation::TileResultsIgnored)
                || params == [ValType::I32; 2]
                    && results.is_empty()
                    && self.job.errs(Mutation::TileIntegersTaken);
            if is_lax {
                return Ok(());
            }
        }
        self.check_function(name, &wanted, &[])
    }

    /// IMG-1: the capacity of bytes, and no other.
    fn check_tile_cap(&self) -> Result<&'static str, Outcome> {
        let [of_text, of_bytes] = INPUT_CAPS;
        let mut name = of_bytes;
        if self.has(of_text) {
            let wins = match self.has(of_bytes) {
                true => Mutation::TileUtf8CapWins,
                false => Mutation::TileUtf8CapTaken,
            };
            if self.job.errs(wins) {
                name = of_text;
            }
        }
        self.check_number(name)?;
        if !self.has(name) && self.job.errs(Mutation::TileCapOptional) {
            return Ok(name);
        }
        self.require(name).map(|()| name)
    }

    /// IMG-6: whether there is the setter that the host itself calls. It takes two f32.
    fn check_size_setter(&self) -> Result<bool, Outcome> {
        let name = format!("{UNIFORM}{WIDTH_AND_HEIGHT}");
        let Some(found) = self.binary.exports.get(&name) else {
            if self.job.errs(Mutation::SizeSetterRequired) {
                return Err(missing(&name, Code::MissingExport));
            }
            return Ok(false);
        };
        if let Export::Function(function) = found
            && function.params() == [ValType::F32; 2]
        {
            let answers = !function.results().is_empty();
            if !answers || !self.job.errs(Mutation::SizeSetterMayNotAnswer) {
                return Ok(true);
            }
        } else if self.job.errs(Mutation::SizeSetterShapeUnchecked) {
            return Ok(false);
        }
        let (code, wanted) = (Code::ExportShape, "a function of two f32");
        Err(wrong_shape(code, &name, found, wanted, self.job))
    }

    /// IMG-5: whether there is a halo to ask for.
    fn check_halo(&self) -> Result<bool, Outcome> {
        let Some(found) = self.binary.exports.get(HALO) else {
            return Ok(false);
        };
        if let Export::Global(ValType::I32) = found
            && self.job.errs(Mutation::HaloGlobalTaken)
        {
            return Ok(true);
        }
        match self.check_function(HALO, &[], &[ValType::I32]) {
            Err(_) if self.job.errs(Mutation::HaloShapeUnchecked) => Ok(false),
            shape => shape.map(|()| true),
        }
    }
}

/// Where a pipeline for a picture is to be, a module that is no tile filter lacks the
/// function of one.
pub(super) fn no_filter() -> Outcome {
    missing(TILE[0], Code::MissingExport)
}
