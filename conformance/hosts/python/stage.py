"""What a host looks at before it instantiates anything: MOD, ORD-1, UNI and LIM.

The clauses are in conformance/clauses.toml; here their IDs stand where each is kept.
"""

import functools
import math
import re
import struct
import threading
import time
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from declared import HEADER, Declared
from wasmtime import Config, Engine, Module, WasmtimeError


class Outcome(Exception):
    """An outcome that is no output and no scalar: its key in the protocol, and what it carries."""

    def __init__(self, key: str, **carries: Any) -> None:
        self.key, self.carries = key, carries


def refused(code: str, message: str, **carries: Any) -> Outcome:
    return Outcome("refused", code=code, message=message, **carries)


def shown(text: str) -> str:
    """LIM-5: text of a module, escaped and cut."""
    return text.encode("unicode_escape").decode()[:128]


# MOD: shape of a module

TICK = 0.01  # seconds


@functools.cache
def engine(fuel: bool, deterministic: bool) -> Engine:
    """MOD-8: WebAssembly 2.0 with tail calls and extended constants, and nothing else.
    Whether fuel is counted (RUN-6) and NaNs are made one (DET-1) is part of compiled code."""
    config = Config()
    config.wasm_threads = False
    config.wasm_memory64 = False
    config.wasm_multi_memory = False
    config.wasm_exceptions = False
    config.wasm_gc = False
    config.wasm_function_references = False
    config.wasm_relaxed_simd = False
    config.consume_fuel = fuel
    config.cranelift_nan_canonicalization = deterministic
    config.epoch_interruption = True
    made = Engine(config)
    threading.Thread(target=tick, args=[made], daemon=True).start()
    return made


def tick(engine: Engine) -> None:
    """RUN-6: running code looks at the clock by way of the epoch."""
    while True:
        time.sleep(TICK)
        engine.increment_epoch()


def read(wasm: bytes) -> Declared:
    """MOD-8. Where wasmtime's parser only finds something too large, the module is not invalid
    but over a limit, which comes later (the choice at LIM-1)."""
    if not wasm.startswith(HEADER):
        raise refused("not-wasm", "no header of a core module")
    fault = None
    try:
        Module.validate(engine(False, False), wasm)
    except WasmtimeError as error:
        fault = error
    try:
        declared = Declared(wasm)
    except (ValueError, IndexError) as error:
        raise refused("invalid-module", shown(str(fault or error))) from None
    if fault and all(declared.sizes[name] <= most for name, most in PARSER_LIMITS.items()):
        raise refused("invalid-module", shown(str(fault)))
    return declared


def shapes_of_numbers(lenient: bool) -> list[str]:
    """MOD-3, MOD-4: what a pointer, capacity or size is exported as."""
    types = ["i32", "i64", "f32", "f64"] if lenient else ["i32"]
    return [shape for type in types for shape in (f"global {type}", f"function () -> ({type})")]


# ORD-1: what is looked for before anything is instantiated

TILE = ["tile_rgba32float_64x64", "tile_rgba_f32_64x64"]
ENTRY = ["render", "run"]
INPUT_CAPS = ["input_utf8_cap", "input_bytes_cap"]
OUTPUT_CAPS = ["output_utf8_cap", "output_bytes_cap", "output_i32_cap"]
INPUT_TYPE = ["input_content_type_ptr", "input_content_type_size"]
OUTPUT_TYPE = ["output_content_type_ptr", "output_content_type_size"]
SET = "uniform_set_"
SIZE = "width_and_height"


class Stage:
    """A module that nothing is left to say against, and how it is to be run."""

    def __init__(self, wasm: bytes, given: dict[str, str], options: dict, limits: dict) -> None:
        check_limit("module_bytes", len(wasm), limits)
        declared = read(wasm)
        self.exports = declared.exports
        if declared.first_import:  # MOD-2
            text = ".".join(map(shown, declared.first_import))
            raise refused("import", f"the module imports {text}")
        if "memory" not in self.exports:  # MOD-1
            raise refused("missing-memory", "no export memory")
        if self.exports["memory"] != "memory":
            raise refused("memory-kind", f"the export memory is a {self.exports['memory']}")
        for name, size in declared.sizes.items():
            check_limit(name, size, limits)
        numbers = shapes_of_numbers(options.get("numeric") == "lenient")

        if any(name in self.exports for name in TILE):  # IMG-1, in the order of IMG-12
            self.check(TILE, ["function (f32 f32) -> ()"])
            self.first_of(["input_ptr"], numbers)
            self.first_of(["input_bytes_cap"], numbers)
            self.check([SET + SIZE], ["function (f32 f32) -> *"])
            self.check(["calculate_halo_px"], ["function () -> (i32)"])
            self.read_uniforms(given)
            raise Outcome("unsupported", capability="image")

        self.entry = self.first_of(ENTRY, ["function (i32) -> (i32)"])  # RUN-1
        self.first_of(["input_ptr"], numbers)  # IN-1
        self.input_cap = self.first_of(INPUT_CAPS, numbers)  # IN-2
        self.check(["output_ptr", *OUTPUT_CAPS], numbers)
        caps = [name for name in OUTPUT_CAPS if {name, "output_ptr"} <= self.exports.keys()]
        self.output_cap = caps[0] if caps else None  # OUT-1, OUT-2
        for pair in (INPUT_TYPE, OUTPUT_TYPE):  # MIME-1
            for name in pair if self.exports.keys() & pair else []:
                self.first_of([name], numbers)
        self.uniforms = self.read_uniforms(given)

        self.checks_utf8 = options.get("utf8") != "unchecked"
        self.engine = engine("fuel" in limits, options.get("floats") == "deterministic")
        try:
            self.module = Module(self.engine, wasm)  # LIM-2: compiled last
        except WasmtimeError as error:  # a limit of the engine's own (the choice at LIM-1)
            raise refused("limit", shown(str(error))) from None
        self.kept: Any = None  # the instance that requests share (RUN-4)

    def check(self, names: list[str], wanted: list[str], code: str = "export-shape") -> None:
        """MOD-4, MOD-6: each of these exports that is there has one of the wanted shapes."""
        for name in names:
            found = self.exports.get(name, wanted[0])
            if not any(fnmatchcase(found, shape) for shape in wanted):
                text = f"the export {shown(name)} is {shown(found)}, not {' or '.join(wanted)}"
                raise refused(code, text)

    def first_of(self, names: list[str], wanted: list[str]) -> str:
        """The one that wins."""
        self.check(names, wanted)
        for name in names:
            if name in self.exports:
                return name
        raise refused("missing-export", f"no export {' or '.join(names)}")

    def read_uniforms(self, given: dict[str, str]) -> list[tuple[str, int | float]]:
        """UNI-1 to UNI-4: the setters to call and their values, in the order of their keys."""
        setters = {name.removeprefix(SET) for name in self.exports if name.startswith(SET)}
        setters -= {"", SIZE}
        values = []
        for key in sorted(setters | given.keys(), key=str.encode):
            if key not in setters:
                raise refused("unknown-uniform", f"no uniform {shown(key)}")
            wanted = [f"function ({type}) -> *" for type in ("i32", "i64", "f32", "f64")]
            self.check([SET + key], wanted, "uniform-shape")
            if key in given:
                type = self.exports[SET + key][len("function (") :][:3]
                values.append((SET + key, uniform_value(given[key], type)))
        return values


# UNI: uniforms


def uniform_value(text: str, type: str) -> int | float:
    """UNI-3"""
    half = 2 ** (int(type[1:]) - 1)
    if type in ("i32", "i64"):
        if re.fullmatch("0x[0-9a-fA-F]+", text) and int(text, 16) < 2 * half:
            return (int(text, 16) + half) % (2 * half) - half
        if re.fullmatch("[+-]?[0-9]+", text) and -half <= int(text) < half:
            return int(text)
    elif re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", text):
        value = float(text) if type == "f64" else to_f32(text)
        if math.isfinite(value):
            return value
    raise refused("uniform-value", f"{shown(text)} is no {type}")


def to_f32(text: str) -> float:
    """UNI-3: rounded once. By way of f64 it would be twice, and wrong where the f64 is halfway
    between two f32. Such an f64 is even; so an even one that is not exact is made odd."""
    wide = float(text)
    is_even = struct.pack("<d", wide)[0] % 2 == 0
    if math.isfinite(wide) and wide and is_even and Decimal(text) != Decimal(wide):
        wide = math.nextafter(wide, math.inf if Decimal(text) > Decimal(wide) else -math.inf)
    try:
        return struct.unpack("<f", struct.pack("<f", wide))[0]
    except OverflowError:
        return math.inf


# LIM: limits (LIM-1), and what wasmtime's parser has as its own

LIMITS = {
    "module_bytes": 64 << 20, "functions": 100_000, "function_bytes": 4 << 20, "locals": 50_000,
    "branch_targets": 65_520, "operands": 10_000, "params": 1_000, "types": 100_000,
    "exports": 10_000, "segments": 100_000, "table_entries": 1_000_000, "memory_bytes": 1 << 30, "stages": 64,
}
PARSER_LIMITS = {
    "functions": 1_000_000, "function_bytes": 7_654_321, "locals_and_params": 50_000,
    "params": 1_000, "types": 1_000_000, "exports": 1_000_000, "elements": 100_000, "data": 100_000,
}


def check_limit(name: str, found: int, limits: dict) -> None:
    allowed = min(limits.get(name, found), PARSER_LIMITS.get(name, found))
    if found > allowed:
        raise refused("limit", f"{name}: {found}, allowed are {allowed}")
