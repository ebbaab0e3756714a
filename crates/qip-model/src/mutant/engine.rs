//! Mistakes between the oracle and the engine: what is called, how often and with what, what
//! comes back, what memory looks like, and whose instance it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use qip_contract::{Limits, TrapKind, Value};
use qip_engine::{
    Budget, Compile, CompileError, CompiledModule, Engine, EngineInfo, ExportId, Instance, Stop,
    Trap, Usage,
};
use wasmparser::{Operator, Parser, Payload};

use crate::oracle::binary::{self, Export};
use crate::oracle::exports::{ENTRIES, HALO, INPUT_CAPS, OUTPUT_CAPS, SIZE_SETTER, TILES, UNIFORM};
use crate::oracle::hooks::{Job, NoMistake};
use crate::oracle::mutation::Mutation as M;
use crate::oracle::number;
use crate::oracle::picture::SIDE;
use qip_cases::{Outcome, Task};

use super::Flaw;

/// An engine that does not do what the oracle asks.
pub(super) struct Meddler<'a> {
    engine: &'a Arc<dyn Engine>,
    flaw: Flaw,
    task: &'a Task,
    /// The limits before a mistake was made about them.
    limits: &'a Limits,
    /// The exports that the oracle asks for, of each stage so far.
    stages: Mutex<Vec<Vec<String>>>,
    common: Arc<Mutex<Common>>,
}

/// What instances have in common that should have nothing.
#[derive(Default)]
struct Common {
    /// Instances that were dropped, by their stage.
    dropped: BTreeMap<usize, Option<Box<dyn Instance>>>,
    /// What memory held when the instance of a stage was dropped.
    memories: BTreeMap<usize, Vec<u8>>,
    /// The stage of which an instance was dropped last.
    last: Option<usize>,
    /// Where the last stage's outputs are, and the memory that they are in.
    views: Vec<usize>,
    viewed: Vec<u8>,
}

/// What is known of a module.
struct Facts {
    stage: usize,
    is_last: bool,
    reuses: bool,
    /// The stages before that have the same exports of the same module.
    twins: Vec<usize>,
    is_filter: bool,
    names: Vec<String>,
    /// What only the mistake asks for, with whether it is a global.
    extra: Vec<(String, bool)>,
    globals: BTreeSet<String>,
    declared_memory: usize,
    has_tail_calls: bool,
    limits: Limits,
    flaw: Flaw,
    common: Arc<Mutex<Common>>,
}

impl<'a> Meddler<'a> {
    pub(super) fn new(
        engine: &'a Arc<dyn Engine>,
        flaw: Flaw,
        task: &'a Task,
        limits: &'a Limits,
    ) -> Meddler<'a> {
        Meddler {
            engine,
            flaw,
            task,
            limits,
            stages: Mutex::default(),
            common: Arc::default(),
        }
    }

    /// OUT-10: outputs that were never copied are what is there at the end.
    pub(super) fn with_views(&self, mut outcomes: Vec<Outcome>) -> Vec<Outcome> {
        let common = lock(&self.common);
        let mut views = common.views.iter();
        for outcome in &mut outcomes {
            if let Outcome::Output { bytes, .. } = outcome
                && let Some(start) = views.next()
                && let Some(view) = common.viewed.get(*start..*start + bytes.len())
            {
                *bytes = view.to_vec();
            }
        }
        outcomes
    }
}

fn lock(common: &Mutex<Common>) -> MutexGuard<'_, Common> {
    common.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Engine for Meddler<'_> {
    fn info(&self) -> &EngineInfo {
        self.engine.info()
    }

    fn compile(&self, module: &Compile<'_>) -> Result<Arc<dyn CompiledModule>, CompileError> {
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        let stage = stages.len();
        stages.push(module.exports.to_vec());
        let hooks = &NoMistake;
        let job = Job {
            task: self.task,
            hooks,
        };
        let binary = binary::skim(module.wasm, job);
        let is_global = |name: &str| matches!(binary.exports.get(name), Some(Export::Global(_)));
        let is_filter = module
            .exports
            .iter()
            .any(|name| TILES.contains(&name.as_str()));
        let mut extra = Vec::new();
        for (name, export) in &binary.exports {
            let is_getter = match export {
                Export::Function(it) => it.params().is_empty() && it.results().len() <= 1,
                Export::Global(_) => true,
                _ => false,
            };
            if is_getter && !module.exports.contains(name) {
                let asks = self.asks_for(name, is_filter);
                extra.extend(asks.then(|| (name.clone(), is_global(name))));
            }
        }
        let mut names = module.exports.to_vec();
        names.extend(extra.iter().map(|(name, _)| name.clone()));
        let code = self.engine.compile(&Compile {
            exports: &names,
            ..*module
        })?;
        let same = |other: &usize| {
            let wasm = self.task.stages[*other].module.binary();
            stages[*other] == module.exports && wasm.is_ok_and(|wasm| wasm == module.wasm)
        };
        let declared_memory = match binary.exports.get("memory") {
            Some(Export::Memory(memory)) => (memory.initial as usize).saturating_mul(1 << 16),
            _ => 0,
        };
        let facts = Facts {
            stage,
            is_last: stage + 1 == self.task.stages.len(),
            reuses: self.task.options.reuse,
            twins: (0..stage.min(self.task.stages.len()))
                .filter(same)
                .collect(),
            is_filter,
            globals: names
                .iter()
                .filter(|name| is_global(name))
                .cloned()
                .collect(),
            names,
            extra,
            declared_memory,
            has_tail_calls: self.flaw.may_be(M::TailCallsTakeStack) && has_tail_calls(module.wasm),
            limits: self.limits.clone(),
            flaw: self.flaw.clone(),
            common: Arc::clone(&self.common),
        };
        Ok(Arc::new(Code {
            code,
            facts: Arc::new(facts),
        }))
    }
}

impl Meddler<'_> {
    /// Whether the mistake asks for an export that the oracle does not ask for.
    fn asks_for(&self, name: &str, is_filter: bool) -> bool {
        let is = |mutation| self.flaw.is(mutation);
        let is_input_cap = INPUT_CAPS.contains(&name);
        let is_cap = is_input_cap || OUTPUT_CAPS.iter().any(|(cap, _)| *cap == name);
        match name {
            "_initialize" => is(M::InitializeCalled),
            "_start" => is(M::StartCalled),
            "output_ptr" if is_filter => is(M::TileReadAtOutput),
            "output_ptr" => is(M::ScalarOutputPtrCalled),
            _ if !is_cap || is_filter => false,
            _ => is_input_cap && is(M::LargerCapacityWins) || is(M::LosingCapacityCalled),
        }
    }
}

fn has_tail_calls(wasm: &[u8]) -> bool {
    let payloads = Parser::new(0).parse_all(wasm).map_while(Result::ok);
    let mut bodies = payloads.filter_map(|payload| match payload {
        Payload::CodeSectionEntry(body) => body.get_operators_reader().ok(),
        _ => None,
    });
    bodies.any(|body| {
        body.into_iter().map_while(Result::ok).any(|operator| {
            matches!(
                operator,
                Operator::ReturnCall { .. } | Operator::ReturnCallIndirect { .. }
            )
        })
    })
}

struct Code {
    code: Arc<dyn CompiledModule>,
    facts: Arc<Facts>,
}

fn trap(kind: TrapKind) -> Stop {
    Stop::Trap(Box::new(Trap {
        kind,
        backtrace: Vec::new(),
    }))
}

impl CompiledModule for Code {
    fn instantiate(&self, limits: &Limits, budget: &Budget) -> Result<Box<dyn Instance>, Stop> {
        let facts = &self.facts;
        let is = |mutation| facts.flaw.is(mutation);
        if is(M::NothingInstantiates) {
            return Err(trap(TrapKind::Unreachable));
        }
        let mut limits = match &facts.flaw {
            // Only of what is declared there may be more.
            Flaw::One(M::MemoryUnlimited | M::TableUnlimited) => facts.limits.clone(),
            _ => limits.clone(),
        };
        if is(M::GrowthRefused) {
            limits.memory_bytes = facts.declared_memory as u64;
        }
        if is(M::GrowthUnlimited) {
            limits.memory_bytes = 1 << 32;
        }
        if is(M::TablesUnlimited) {
            limits.table_entries = u64::from(u32::MAX);
        }
        let kept = facts.take_dropped();
        let mut instance = match kept {
            Some(mut instance) => {
                instance.begin(budget);
                instance
            }
            None => self
                .code
                .instantiate(&limits, budget)
                .map_err(|stop| match stop {
                    // What the mistake let pass there may be no room for.
                    Stop::Engine(_)
                        if [M::MemoryUnlimited, M::MemorySizeWraps, M::TableUnlimited]
                            .iter()
                            .any(|it| matches!(&facts.flaw, Flaw::One(one) if one == it)) =>
                    {
                        trap(TrapKind::Unreachable)
                    }
                    stop => stop,
                })?,
        };
        if facts.flaw.may_be(M::MemoryCleared)
            && instance.memory().iter().any(|byte| *byte != 0)
            && is(M::MemoryCleared)
        {
            instance.memory().fill(0);
        }
        if let Some(memory) = facts.memory_before() {
            let own = instance.memory();
            let length = own.len().min(memory.len());
            own[..length].copy_from_slice(&memory[..length]);
        }
        let mut early_globals = BTreeMap::new();
        for name in &facts.globals {
            let id = facts.id(name);
            if name.contains("put_") && is(M::GlobalsReadEarly) {
                early_globals.insert(id.0, instance.global(id)?);
            }
        }
        for (name, is_global) in &facts.extra {
            if name.starts_with('_') && !is_global {
                instance.call(facts.id(name), &[])?;
            }
        }
        let first_size = instance.memory().len();
        Ok(Box::new(Meddled {
            instance: Some(instance),
            facts: Arc::clone(facts),
            early_globals,
            first_size,
            visible: None,
            said: BTreeMap::new(),
            size: Vec::new(),
            is_begun_again: false,
            is_over: false,
            has_called: false,
        }))
    }
}

impl Facts {
    fn id(&self, name: &str) -> ExportId {
        let at = self.names.iter().position(|other| other == name);
        ExportId(at.unwrap_or_default())
    }

    /// An instance that the mistake takes for a new one.
    fn take_dropped(&self) -> Option<Box<dyn Instance>> {
        let mut common = lock(&self.common);
        let own = if self.is_filter {
            M::FilterKept
        } else {
            M::InstanceReused
        };
        if common.dropped.contains_key(&self.stage) && self.flaw.is(own) {
            return common.dropped.remove(&self.stage)?;
        }
        let twin = self
            .twins
            .iter()
            .rev()
            .find(|it| common.dropped.contains_key(it))?;
        if self.is_filter || !self.flaw.is(M::StagesShareInstance) {
            return None;
        }
        common.dropped.remove(twin)?
    }

    /// The memory that the mistake leaves to a new instance.
    fn memory_before(&self) -> Option<Vec<u8>> {
        let common = lock(&self.common);
        if let Some(own) = common.memories.get(&self.stage)
            && !self.is_filter
            && self.flaw.is(M::MemoryDirty)
        {
            return Some(own.clone());
        }
        let before = common
            .last
            .filter(|last| *last + 1 == self.stage && !self.is_filter)?;
        let is_left = self.flaw.is(M::StagesShareMemory);
        common.memories.get(&before).filter(|_| is_left).cloned()
    }
}

/// An instance with somebody in between.
struct Meddled {
    /// There until it is dropped.
    instance: Option<Box<dyn Instance>>,
    facts: Arc<Facts>,
    early_globals: BTreeMap<usize, Value>,
    /// The size of the memory of the new instance.
    first_size: usize,
    /// How much of the memory is seen, if not all.
    visible: Option<usize>,
    /// What getters said last.
    said: BTreeMap<String, u32>,
    /// What the setter of width and height was told.
    size: Vec<Value>,
    is_begun_again: bool,
    /// Whether it trapped or was stopped.
    is_over: bool,
    /// Whether the entry point or the tile function was called.
    has_called: bool,
}

/// What an export is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Entry,
    Tile,
    Halo,
    Size,
    Setter,
    Getter,
}

fn use_of(name: &str, count: usize) -> Use {
    match name {
        SIZE_SETTER if count == 2 => Use::Size,
        HALO => Use::Halo,
        _ if ENTRIES.contains(&name) => Use::Entry,
        _ if TILES.contains(&name) => Use::Tile,
        _ if name.starts_with(UNIFORM) => Use::Setter,
        _ => Use::Getter,
    }
}

type Given = Result<Option<Value>, Stop>;

impl Meddled {
    fn instance(&mut self) -> &mut dyn Instance {
        self.instance
            .as_deref_mut()
            .expect("it is there until it is dropped")
    }

    fn is(&self, mutation: M) -> bool {
        self.facts.flaw.is(mutation)
    }

    fn said(&self, name: &str) -> u32 {
        self.said.get(name).copied().unwrap_or_default()
    }

    /// What a number says that only the mistake asks for.
    fn ask(&mut self, name: &str) -> Given {
        let id = self.facts.id(name);
        match self.facts.globals.contains(name) {
            true => self.instance().global(id).map(Some),
            false => self.instance().call(id, &[]),
        }
    }

    /// A number, as the mistake has it read.
    fn number(&mut self, name: &str, value: Value) -> Result<Value, Stop> {
        let (is_filter, is_i32) = (self.facts.is_filter, matches!(value, Value::I32(_)));
        let bits = number::unsigned(value);
        let number = bits.unwrap_or_default();
        self.said.insert(name.to_owned(), number);
        let is_negative = number > i32::MAX.cast_unsigned();
        let anywhere = u32::MAX;
        let float = match value {
            Value::F32(bits) => f64::from(f32::from_bits(bits)),
            Value::F64(bits) => f64::from_bits(bits),
            Value::I64(value) => value as f64,
            Value::I32(value) => f64::from(value),
        };
        // What is read of the export, if the condition holds and the mistake is made.
        let cap = name.ends_with("_cap");
        let type_size = name.ends_with("_type_size");
        let input_ptr = name == "input_ptr";
        let is_i32_output =
            name == "output_ptr" && self.facts.names.iter().any(|it| it == "output_i32_cap");
        let type_ptr = if name.starts_with("input") {
            "input_content_type_ptr"
        } else {
            "output_content_type_ptr"
        };
        let at_zero = type_size && self.said(type_ptr) == 0;
        let tile = is_filter && input_ptr;
        let content = !is_filter && input_ptr;
        let wrong = [
            (M::LenientNotFinite, !is_i32 && bits.is_none(), 0),
            (
                M::LenientRounds,
                !is_i32 && bits.is_some(),
                float.round().rem_euclid(4_294_967_296.0) as u32,
            ),
            (M::LenientSaturates, !is_i32 && bits.is_some(), float as u32),
            (M::InputAtZero, content, 0),
            (M::PointerZeroRefused, content && number == 0, anywhere),
            (
                M::InputAligned,
                content && !number.is_multiple_of(4),
                anywhere,
            ),
            (
                M::CapacitySigned,
                !is_filter && cap && name.starts_with("input") && is_negative,
                0,
            ),
            (
                M::OutputAtInput,
                name == "output_ptr",
                self.said("input_ptr"),
            ),
            (
                M::OutputAtZeroRefused,
                name == "output_ptr" && number == 0,
                anywhere,
            ),
            (
                M::I32Aligned,
                is_i32_output && !number.is_multiple_of(4),
                anywhere,
            ),
            (
                M::OutputCapSigned,
                cap && name.starts_with("output") && is_negative,
                0,
            ),
            (M::I32CapacityIsBytes, name == "output_i32_cap", number / 4),
            (M::TypeSizeSigned, type_size && is_negative, 0),
            (M::TypeAtZeroIsNone, at_zero, 0),
            // So long that it is refused.
            (M::EmptyTypeRefused, type_size && number == 0, 256),
            (M::TypeLimitExclusive, type_size && number == 255, 256),
            (M::TileAtZero, tile, 0),
            (M::TileAtZeroRefused, tile && number == 0, anywhere),
            (M::TileAligned, tile && !number.is_multiple_of(4), anywhere),
            (M::TileCapSigned, is_filter && cap && is_negative, 0),
            (
                M::TileCapCountsFloats,
                is_filter && cap,
                number.saturating_mul(4),
            ),
            (
                M::HaloUnsigned,
                name == HALO && is_negative,
                i32::MAX.cast_unsigned(),
            ),
            (
                M::HaloAbsolute,
                name == HALO && is_negative,
                number.wrapping_neg(),
            ),
            (
                M::HaloCapped,
                name == HALO && !is_negative,
                number.min(SIDE as u32),
            ),
        ];
        for (mutation, may, wrong) in wrong {
            if may && Some(wrong) != bits && self.is(mutation) {
                return Ok(Value::I32(wrong.cast_signed()));
            }
        }
        let losing = self
            .facts
            .extra
            .iter()
            .find(|(it, _)| INPUT_CAPS.contains(&it.as_str()));
        if let Some((losing, _)) = losing.cloned()
            && INPUT_CAPS.contains(&name)
            && self.is(M::LargerCapacityWins)
            && let Some(other) = self.ask(&losing)?.and_then(number::unsigned)
        {
            return Ok(Value::I32(number.max(other).cast_signed()));
        }
        Ok(value)
    }

    /// What is done with memory before the entry point is called, and what it is called with.
    fn before_entry(&mut self, length: &mut u32) -> Result<bool, Stop> {
        for (name, is_global) in self.facts.extra.clone() {
            let is_getter = name.ends_with("_cap") || name == "output_ptr";
            if is_getter
                && !is_global
                && !matches!(self.facts.flaw, Flaw::One(M::LargerCapacityWins))
            {
                self.ask(&name)?;
            }
        }
        let end = (self.said("input_ptr") as usize).saturating_add(*length as usize);
        let cap = INPUT_CAPS
            .map(|name| self.said(name))
            .into_iter()
            .max()
            .unwrap_or_default();
        let start = self.said("input_ptr") as usize;
        let memory = self.instance().memory();
        let size = memory.len();
        let text = memory
            .get(start..end)
            .and_then(|it| std::str::from_utf8(it).ok());
        let characters = text.map_or(*length, |text| text.chars().count() as u32);
        let capacity = start.saturating_add(cap as usize).min(size);
        if end < size && self.is(M::InputTerminated) {
            self.instance().memory()[end] = 0;
        }
        if end < capacity && self.is(M::CapacityCleared) {
            self.instance().memory()[end..capacity].fill(0);
        }
        if *length == 0 && self.is(M::NotCalledForNothing) {
            return Ok(false);
        }
        if characters != *length && self.is(M::CharactersPassed) {
            *length = characters;
        } else if cap != *length && self.is(M::CapacityPassed) {
            *length = cap;
        }
        Ok(true)
    }

    fn entry(&mut self, export: ExportId, args: &[Value]) -> Given {
        let Some(Value::I32(length)) = args.first() else {
            return self.instance().call(export, args);
        };
        let mut length = length.cast_unsigned();
        // Up to here memory was seen as it was once.
        self.visible = None;
        self.has_called = true;
        if !self.before_entry(&mut length)? {
            return Ok(Some(Value::I32(0)));
        }
        let before = self.instance().memory().len();
        let given = self
            .instance()
            .call(export, &[Value::I32(length.cast_signed())]);
        let result = match given {
            Ok(Some(Value::I32(_))) if self.is(M::EveryCallTraps) => {
                return Err(trap(TrapKind::Unreachable));
            }
            Ok(Some(Value::I32(result))) => result,
            Err(Stop::Trap(_)) if self.is(M::OutputReadAfterTrap) => 0,
            given => return given,
        };
        let after = self.instance().memory().len();
        if after > before && self.is(M::OutputBoundsEarly) {
            self.visible = Some(before);
        }
        if after > before && self.is(M::StaleAfterGrowth) {
            self.visible = Some(0);
        }
        let caps = OUTPUT_CAPS
            .iter()
            .filter(|(name, _)| self.facts.names.iter().any(|it| it == name));
        let Some((cap, _)) = caps.take(1).next() else {
            return Ok(Some(Value::I32(result)));
        };
        let (count, cap) = (result.cast_unsigned(), self.said(cap));
        let wrong = [
            (M::CountSigned, result < 0, 0),
            (M::CapacityIsCount, count < cap, cap),
            (M::CountCut, count > cap, cap),
            (M::CountExclusive, count == cap, u32::MAX),
            (M::CountMustFill, count < cap, u32::MAX),
        ];
        let wrong = wrong
            .into_iter()
            .find(|(mutation, may, _)| *may && self.is(*mutation));
        let count = wrong.map_or(count, |(_, _, wrong)| wrong);
        if self.facts.is_last
            && self.facts.reuses
            && matches!(self.facts.flaw, Flaw::One(M::OutputAliased))
        {
            let start = self.said("output_ptr") as usize;
            lock(&self.facts.common).views.push(start);
        }
        Ok(Some(Value::I32(count.cast_signed())))
    }

    fn tile(&mut self, export: ExportId, args: &[Value]) -> Given {
        self.visible = None;
        self.has_called = true;
        if self.facts.names.iter().any(|name| name == "input_ptr")
            && !self.facts.globals.contains("input_ptr")
            && self.is(M::PointerPerTile)
        {
            self.ask("input_ptr")?;
        }
        if !self.size.is_empty() && self.is(M::SizeSetterPerTile) {
            let (id, size) = (self.facts.id(SIZE_SETTER), self.size.clone());
            self.instance().call(id, &size)?;
        }
        if self.said.contains_key(HALO) && self.is(M::HaloPerTile) {
            self.ask(HALO)?;
        }
        let changes_memory = [
            M::TileUnfiltered,
            M::TileStaleAfterGrowth,
            M::TileTrapSkipped,
        ];
        let needs_memory = match &self.facts.flaw {
            Flaw::One(one) => changes_memory.contains(one),
            Flaw::Any(_) => false,
        };
        let before = self.instance().memory().len();
        let memory = needs_memory.then(|| self.instance().memory().to_vec());
        let mut given = self.instance().call(export, args);
        if given.is_ok() && self.is(M::TileTwice) {
            given = self.instance().call(export, args);
        }
        let has_grown = self.instance().memory().len() > before;
        let trapped = matches!(given, Err(Stop::Trap(_)));
        let is_undone = trapped && self.is(M::TileTrapSkipped)
            || given.is_ok() && self.is(M::TileUnfiltered)
            || given.is_ok() && has_grown && self.is(M::TileStaleAfterGrowth);
        if let Some(memory) = memory.filter(|_| is_undone) {
            self.instance().memory()[..memory.len()].copy_from_slice(&memory);
            return Ok(None);
        }
        if matches!(self.facts.flaw, Flaw::One(M::TileReadAtOutput))
            && self
                .facts
                .extra
                .iter()
                .any(|(name, _)| name == "output_ptr")
        {
            let read = self
                .ask("output_ptr")?
                .and_then(number::unsigned)
                .unwrap_or_default() as usize;
            let span = (SIDE + 2 * i64::from(self.said(HALO).cast_signed().max(0))) as usize;
            let (start, length) = (self.said("input_ptr") as usize, span * span * 16);
            let memory = self.instance().memory();
            if read.saturating_add(length) <= memory.len() {
                memory.copy_within(read..read + length, start);
            }
        }
        given
    }

    /// IMG-6: what is told in place of width and height.
    fn size(&mut self, export: ExportId, args: &[Value]) -> Given {
        let side = |value: &Value| match value {
            Value::F32(bits) => f32::from_bits(*bits),
            _ => 0.0,
        };
        let right: Vec<f32> = args.iter().map(side).collect();
        let tile = SIDE as f32;
        let whole = |side: &f32| (side / tile).ceil() * tile;
        let wrong = [
            (
                M::WidthAndHeightSwapped,
                right.iter().rev().copied().collect(),
            ),
            (M::TileSizeTold, vec![tile; right.len()]),
            (M::WholeTilesTold, right.iter().map(whole).collect()),
        ];
        let mut wrong = wrong
            .into_iter()
            .filter(|(_, wrong): &(M, Vec<f32>)| *wrong != right);
        let wrong = wrong.find(|(mutation, _)| self.is(*mutation));
        let told = wrong.map_or(right, |(_, wrong)| wrong);
        self.size = told.iter().map(|side| Value::F32(side.to_bits())).collect();
        let size = self.size.clone();
        match self.instance().call(export, &size) {
            Err(Stop::Trap(_)) if self.is(M::SizeSetterTrapSkipped) => Ok(None),
            given => given,
        }
    }

    fn getter(&mut self, name: &str, export: ExportId) -> Given {
        match self.instance().call(export, &[]) {
            Ok(Some(value)) => self.number(name, value).map(Some),
            Err(Stop::Trap(_)) if name == HALO && self.is(M::HaloTrapIsNone) => {
                Ok(Some(Value::I32(0)))
            }
            given => given,
        }
    }
}

impl Instance for Meddled {
    fn begin(&mut self, budget: &Budget) {
        // A filter begins anew with each tile.
        self.is_begun_again = !self.facts.is_filter;
        self.has_called = self.facts.is_filter && self.has_called;
        self.instance().begin(budget);
    }

    fn memory(&mut self) -> &mut [u8] {
        let (declared, first) = (self.facts.declared_memory, self.first_size);
        let size = self.instance().memory().len();
        let mut visible = self.visible.unwrap_or(size);
        if !self.has_called && !self.facts.is_filter {
            if size > first && self.is(M::InputBoundsEarly) {
                visible = first;
            }
            if size > declared && self.is(M::DeclaredMemoryOnly) {
                visible = declared;
            }
        }
        if !self.has_called && self.facts.is_filter && size > first && self.is(M::TileBoundsEarly) {
            visible = first;
        }
        &mut self.instance().memory()[..visible.min(size)]
    }

    fn global(&mut self, export: ExportId) -> Result<Value, Stop> {
        let value = match self.early_globals.get(&export.0) {
            Some(early) => *early,
            None => self.instance().global(export)?,
        };
        let name = self.facts.names[export.0].clone();
        self.number(&name, value)
    }

    fn call(&mut self, export: ExportId, args: &[Value]) -> Given {
        let name = self.facts.names[export.0].clone();
        let given = match use_of(&name, args.len()) {
            Use::Entry => self.entry(export, args),
            Use::Tile => self.tile(export, args),
            Use::Size => self.size(export, args),
            Use::Setter if self.is_begun_again && self.is(M::UniformsOnce) => Ok(None),
            Use::Setter => self.instance().call(export, args),
            Use::Halo | Use::Getter => self.getter(&name, export),
        };
        self.is_over |= given.is_err();
        match given {
            Err(Stop::Exhausted(_))
                if self.facts.has_tail_calls && self.is(M::TailCallsTakeStack) =>
            {
                Err(trap(TrapKind::StackOverflow))
            }
            given => given,
        }
    }

    fn finish(&mut self) -> Usage {
        let has_views = self.facts.is_last && self.facts.reuses && self.is(M::OutputAliased);
        if has_views {
            let memory = self.instance().memory().to_vec();
            lock(&self.facts.common).viewed = memory;
        }
        self.instance().finish()
    }
}

impl Drop for Meddled {
    fn drop(&mut self) {
        let Some(mut instance) = self.instance.take().filter(|_| !self.is_over) else {
            return;
        };
        let mut common = lock(&self.facts.common);
        common.last = Some(self.facts.stage);
        let of = |all: &[M]| matches!(&self.facts.flaw, Flaw::One(one) if all.contains(one));
        let memory = match of(&[M::MemoryDirty, M::StagesShareMemory]) {
            true => instance.memory().to_vec(),
            false => Vec::new(),
        };
        let is_kept = of(&[M::InstanceReused, M::FilterKept, M::StagesShareInstance]);
        common.memories.insert(self.facts.stage, memory);
        common
            .dropped
            .insert(self.facts.stage, Some(instance).filter(|_| is_kept));
    }
}
