//! One stage that turns an input into an output, on an instance that there is (ORD-2).

use qip_cases::{Outcome, OutputKind};
use qip_contract::{Code, PAGE_BYTES, Utf8, Value};
use qip_engine::Instance;

use super::exports::{Content, Getter, Pair, Plan};
use super::hooks::Job;
use super::media_type;
use super::memory;
use super::mutation::Mutation;
use super::number;
use super::order::{ORD_2, Step};
use super::refusal::{refused, shown, stopped};

/// What passes from stage to stage (REC-4).
#[derive(Clone)]
pub(crate) struct Passed {
    pub(crate) kind: OutputKind,
    pub(crate) bytes: Vec<u8>,
    pub(crate) content_type: Option<String>,
}

/// Where a stage stands in its recipe.
#[derive(Clone, Copy)]
pub(crate) struct Position {
    pub(crate) is_first: bool,
    pub(crate) is_last: bool,
}

/// ORD-2: what a stage gives, or the first failure.
pub(crate) fn run(
    instance: &mut dyn Instance,
    plan: &Plan,
    content: &Content,
    passed: Passed,
    position: Position,
    job: Job<'_>,
) -> Result<Outcome, Outcome> {
    let has_types = content.input_type.is_some() || content.output_type.is_some();
    let is_early = has_types && job.errs(Mutation::TypesReadEarly);
    let early_memory = is_early.then(|| instance.memory().to_vec());
    let mut turn = Turn {
        instance,
        plan,
        content,
        position,
        job,
        current_type: passed.content_type,
        input: passed.bytes,
        early_memory,
        input_ptr: 0,
        input_cap: 0,
        output_ptr: 0,
        output_cap: 0,
        input_type_place: None,
        output_type_place: None,
        input_type: None,
        output_type: None,
        result: 0,
        output: Vec::new(),
    };
    for step in job.hooks.order(ORD_2).iter() {
        if let Some((late, fault)) = &plan.late
            && late == step
        {
            return Err(fault.clone());
        }
        turn.step(*step)?;
    }
    Ok(turn.outcome())
}

/// One request to one stage, and what is known of it so far.
struct Turn<'a> {
    instance: &'a mut dyn Instance,
    plan: &'a Plan,
    content: &'a Content,
    position: Position,
    job: Job<'a>,
    /// The content type that comes in.
    current_type: Option<String>,
    input: Vec<u8>,
    /// Memory as it was at first, for a mutant that takes content types from it.
    early_memory: Option<Vec<u8>>,
    input_ptr: u32,
    input_cap: u32,
    output_ptr: u32,
    output_cap: u32,
    input_type_place: Option<(u32, u32)>,
    output_type_place: Option<(u32, u32)>,
    input_type: Option<String>,
    output_type: Option<String>,
    result: i32,
    output: Vec<u8>,
}

impl Turn<'_> {
    fn step(&mut self, step: Step) -> Result<(), Outcome> {
        let (plan, content) = (self.plan, self.content);
        let output = content.output.as_ref();
        match step {
            Step::SetUniforms => set_uniforms(self.instance, plan, self.job)?,
            Step::ReadInputPtr => self.input_ptr = self.read(&plan.input_ptr)?,
            Step::ReadInputCap => self.input_cap = self.read(&plan.input_cap)?,
            Step::ReadOutputPtr => {
                self.output_ptr = output.map_or(Ok(0), |output| self.read(&output.ptr))?;
            }
            Step::ReadOutputCap => {
                self.output_cap = output.map_or(Ok(0), |output| self.read(&output.cap))?;
            }
            Step::ReadInputTypePlace => {
                self.input_type_place = self.read_pair(&content.input_type)?;
            }
            Step::ReadOutputTypePlace => {
                self.output_type_place = self.read_pair(&content.output_type)?;
            }
            Step::ReadInputType => self.input_type = self.declared(self.input_type_place)?,
            Step::ReadOutputType => self.output_type = self.declared(self.output_type_place)?,
            Step::CompareTypes => self.compare_types()?,
            Step::InputLength => self.check_length()?,
            Step::InputBounds => self.check_input_bounds()?,
            Step::InputUtf8 => self.check_input_utf8()?,
            Step::Write => self.write_input(),
            Step::Call => self.result = self.call_entry()?,
            Step::Count => self.check_count()?,
            Step::OutputBounds => self.read_output()?,
            Step::OutputUtf8 => self.check_output_utf8()?,
            _ => {}
        }
        Ok(())
    }

    fn read(&mut self, getter: &Getter) -> Result<u32, Outcome> {
        read_number(self.instance, getter, self.job)
    }

    fn read_pair(&mut self, pair: &Option<Pair>) -> Result<Option<(u32, u32)>, Outcome> {
        let Some(pair) = pair else {
            return Ok(None);
        };
        Ok(Some((self.read(&pair.ptr)?, self.read(&pair.size)?)))
    }

    fn declared(&mut self, place: Option<(u32, u32)>) -> Result<Option<String>, Outcome> {
        let memory = self
            .early_memory
            .as_deref()
            .unwrap_or(self.instance.memory());
        place.map_or(Ok(None), |place| {
            media_type::declared(memory, place, self.job)
        })
    }

    /// MIME-3: a declared type must be the current one, if both are known.
    fn compare_types(&self) -> Result<(), Outcome> {
        let Some(expected) = &self.input_type else {
            return Ok(());
        };
        let is_match = match &self.current_type {
            Some(current) => expected == current,
            None => !self.job.errs(Mutation::UnknownMismatches),
        };
        if is_match {
            return Ok(());
        }
        let current = self.current_type.as_deref().unwrap_or_default();
        let [expected, current] = [expected, current].map(|text| shown(text, self.job));
        let message = format!("input content type mismatch: expected {expected}, got {current}");
        Err(refused(Code::ContentTypeMismatch, message))
    }

    /// IN-3: the input is not longer than the capacity.
    fn check_length(&mut self) -> Result<(), Outcome> {
        let (job, cap, length) = (self.job, self.input_cap as usize, self.input.len());
        let memory = self.instance.memory();
        let is_there = memory::place(memory, self.input_ptr, cap as u64).is_some();
        if !is_there && job.errs(Mutation::CapacityWithinMemory) {
            return Err(refused(Code::InputOutOfBounds, "the capacity is not there"));
        }
        let is_wrong = length == cap && job.errs(Mutation::CapacityExclusive)
            || length < cap && job.errs(Mutation::InputMustFill);
        if length <= cap && !is_wrong {
            return Ok(());
        }
        if job.errs(Mutation::InputCut) {
            self.input.truncate(cap);
            return Ok(());
        }
        if job.errs(Mutation::InputWrittenFirst) {
            self.write_input();
        }
        let message = format!("Input is too large: {length} bytes, the capacity is {cap}");
        Err(refused(Code::InputTooLarge, message))
    }

    /// IN-4: the input lies within memory as it is after the getters. Of its capacity nothing
    /// is asked (IN-5).
    fn check_input_bounds(&mut self) -> Result<(), Outcome> {
        let (job, ptr, length) = (self.job, self.input_ptr, self.input.len() as u64);
        let memory = self.instance.memory();
        let end = u64::from(ptr) + length;
        let is_wrong = end == memory.len() as u64 && job.errs(Mutation::EndOfMemoryRefused);
        let is_within = memory::place(memory, ptr, length).is_some() && !is_wrong
            || length == 0 && job.errs(Mutation::EmptyInputAnywhere)
            || end > u64::from(u32::MAX) && job.errs(Mutation::InputEndWraps);
        if is_within {
            return Ok(());
        }
        let size = memory.len();
        let message = format!("input at {ptr} of {length} bytes, in a memory of {size}");
        Err(refused(Code::InputOutOfBounds, message))
    }

    /// IN-6; REC-3: also what comes from another stage.
    fn check_input_utf8(&mut self) -> Result<(), Outcome> {
        let job = self.job;
        let is_text = self.content.input_is_utf8 || job.errs(Mutation::BytesInputChecked);
        let is_left_out = !self.position.is_first && job.errs(Mutation::PipedUtf8Unchecked);
        if !is_text || is_left_out || !checks_utf8(job, Mutation::UncheckedOutputOnly) {
            return Ok(());
        }
        self.input = job.hooks.input_text(std::mem::take(&mut self.input));
        memory::check_utf8(&self.input, Code::InputNotUtf8, job)
    }

    /// IN-7: nothing beyond the input is touched.
    fn write_input(&mut self) {
        let start = self.input_ptr as usize;
        let free = self.instance.memory().get_mut(start..).unwrap_or_default();
        // All of it fits: only a mutant comes here without having looked.
        self.input.truncate(free.len());
        let mut length = self.input.len();
        if length > PAGE_BYTES as usize && self.job.errs(Mutation::InputOfAPage) {
            length = PAGE_BYTES as usize;
        }
        free[..length].copy_from_slice(&self.input[..length]);
    }

    /// RUN-3: once, with the length in bytes.
    fn call_entry(&mut self) -> Result<i32, Outcome> {
        let (entry, length) = (self.content.entry, self.input.len() as u32);
        let args = [Value::I32(length.cast_signed())];
        let name = &self.plan.exports[entry.0];
        match self.instance.call(entry, &args) {
            Ok(Some(Value::I32(result))) => Ok(result),
            Ok(other) => Err(no_number(name, other)),
            Err(stop) => Err(stopped(stop, name, self.job)),
        }
    }

    /// OUT-1: whether there is a buffer. Its numbers make no difference.
    fn output_kind(&self) -> Option<OutputKind> {
        let output = self.content.output.as_ref()?;
        let is_scalar = self.output_cap == 0 && self.job.errs(Mutation::CapacityZeroScalar)
            || self.output_ptr == 0 && self.job.errs(Mutation::PointerZeroScalar);
        (!is_scalar).then_some(output.kind)
    }

    /// OUT-4: the count, which has no sign, is not above the capacity.
    fn check_count(&self) -> Result<(), Outcome> {
        let (count, cap) = (self.result.cast_unsigned(), self.output_cap);
        if self.output_kind().is_none() || count <= cap {
            return Ok(());
        }
        let message = format!("output of {count} elements, the capacity is {cap}");
        Err(refused(Code::OutputTooLarge, message))
    }

    /// OUT-3: how many bytes so many elements have.
    fn bytes_of(&self, elements: u32) -> u64 {
        let elements = u64::from(elements);
        match self.output_kind() {
            Some(OutputKind::I32) if !self.job.errs(Mutation::I32CountIsBytes) => 4 * elements,
            _ => elements,
        }
    }

    /// OUT-5: the output lies within memory as it is after the call, also of a count of 0.
    fn read_output(&mut self) -> Result<(), Outcome> {
        if self.output_kind().is_none() {
            return Ok(());
        }
        let (job, ptr) = (self.job, self.output_ptr);
        let mut length = self.bytes_of(self.result.cast_unsigned());
        if length > u64::from(u32::MAX) && job.errs(Mutation::I32ProductWraps) {
            length %= 1 << 32;
        }
        let capacity = self.bytes_of(self.output_cap);
        let (start, end) = (u64::from(ptr), u64::from(ptr) + length);
        let input = u64::from(self.input_ptr);
        let input = input..input + self.input.len() as u64;
        let memory = self.instance.memory();
        let size = memory.len() as u64;
        let is_wrong = start < input.end && end > input.start && job.errs(Mutation::OverlapRefused)
            || end == size && job.errs(Mutation::OutputEndRefused)
            || start + capacity > size && job.errs(Mutation::OutputCapWithinMemory);
        let place = memory::place(memory, ptr, length).filter(|_| !is_wrong);
        let place = match place {
            Some(place) => place,
            None if length == 0 && job.errs(Mutation::EmptyOutputAnywhere) => 0..0,
            None if !is_wrong && job.errs(Mutation::OutputBoundsUnchecked) => {
                memory.len().min(ptr as usize)..memory.len()
            }
            None => {
                let message = format!("output at {ptr} of {length} bytes, in a memory of {size}");
                return Err(refused(Code::OutputOutOfBounds, message));
            }
        };
        // OUT-10: it is the caller's own.
        self.output = memory[place].to_vec();
        Ok(())
    }

    /// OUT-6: text is well-formed; a byte order mark is kept.
    fn check_output_utf8(&mut self) -> Result<(), Outcome> {
        let job = self.job;
        let is_text = match self.output_kind() {
            Some(OutputKind::Utf8) => true,
            Some(OutputKind::Bytes) => job.errs(Mutation::BytesOutputChecked),
            _ => false,
        };
        let is_left_out = !self.position.is_last && job.errs(Mutation::OutputUtf8LastOnly);
        if !is_text || is_left_out || !checks_utf8(job, Mutation::UncheckedInputOnly) {
            return Ok(());
        }
        if job.errs(Mutation::WholeCapacityUtf8) {
            let memory = self.instance.memory();
            let whole = memory::place(memory, self.output_ptr, self.output_cap.into());
            memory::check_utf8(&memory[whole.unwrap_or(0..0)], Code::OutputNotUtf8, job)?;
        }
        memory::check_utf8(&self.output, Code::OutputNotUtf8, job)
    }

    /// What the stage gives: an output, which may be empty (OUT-7), or the result as a signed
    /// number (OUT-8).
    fn outcome(self) -> Outcome {
        let kind = self.output_kind();
        let content_type = self.type_after();
        match kind {
            Some(kind) => Outcome::Output {
                kind,
                bytes: self.output,
                content_type,
            },
            None => Outcome::Scalar {
                value: self.result,
                content_type,
            },
        }
    }

    /// MIME-4: a declared output type becomes the current one; without, it stays.
    fn type_after(&self) -> Option<String> {
        let (job, declared) = (self.job, self.output_type.clone());
        if declared.is_some() && !job.errs(Mutation::OutputTypeDropped) {
            return declared;
        }
        if self.input_type.is_some() && job.errs(Mutation::InputTypeCarried) {
            return self.input_type.clone();
        }
        let current = self.current_type.clone();
        current.filter(|_| !job.errs(Mutation::CurrentTypeDropped))
    }
}

/// IN-6: one option turns off all checks of UTF-8. `by_half` leaves it to the other side only.
fn checks_utf8(job: Job<'_>, by_half: Mutation) -> bool {
    job.task.options.utf8 == Utf8::Checked || job.errs(by_half)
}

/// UNI-2: each once, in the order of the plan.
pub(crate) fn set_uniforms(
    instance: &mut dyn Instance,
    plan: &Plan,
    job: Job<'_>,
) -> Result<(), Outcome> {
    for (setter, value) in &plan.uniforms {
        let result = instance.call(*setter, &[*value]);
        result.map_err(|stop| stopped(stop, &plan.exports[setter.0], job))?;
    }
    Ok(())
}

/// MOD-3: a global is read, a function is called.
pub(crate) fn read_number(
    instance: &mut dyn Instance,
    getter: &Getter,
    job: Job<'_>,
) -> Result<u32, Outcome> {
    let value = match getter.is_global {
        true => instance.global(getter.id).map(Some),
        false => instance.call(getter.id, &[]),
    };
    let value = value.map_err(|stop| stopped(stop, getter.name, job))?;
    let Some(number) = value else {
        return Err(no_number(getter.name, value));
    };
    number::unsigned(number).ok_or_else(|| {
        let message = format!("the export {} is {number:?}, no finite number", getter.name);
        refused(Code::ExportShape, message)
    })
}

/// An engine that gives another value than the export's type says.
fn no_number(name: &str, found: Option<Value>) -> Outcome {
    Outcome::broken(format!("the engine gives {found:?} for {name}"))
}
