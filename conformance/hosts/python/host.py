#!/usr/bin/env python3
"""A host of qip modules on the package `wasmtime`, which speaks the host protocol.

It is written to be read: from the clauses (conformance/clauses.toml), with the ID of each
where it is kept. `declared.py` reads the bytes of a module, `stage.py` is what comes before
anything is instantiated (ORD-1), this is the rest (ORD-2). It runs content modules; it has
no image mode, and cannot insist on memory that does not grow (MOD-7). Python 3.11 or newer.
"""

import base64
import importlib.metadata
import json
import math
import re
import sys
import time
from typing import Any

from stage import INPUT_TYPE, LIMITS, OUTPUT_TYPE, TICK, Outcome, Stage, check_limit
from stage import refused, shown
from wasmtime import Global, Instance, Module, Store, Trap, TrapCode
from wasmtime import WasmtimeError, wat2wasm

CAPABILITIES = """
    content recipe uniforms content-types requests reuse time-limit fuel limits lenient-numbers
    unchecked-utf8 deterministic-floats tail-call extended-const externref indirect-kinds texts
""".split()


# ORD-2, IN, RUN, OUT: one stage of a request


class Running:
    """An instance of a stage."""

    def __init__(self, stage: Stage, limits: dict, budget: "Budget") -> None:
        self.stage, self.store = stage, Store(stage.engine)
        self.store.set_limits(limits["memory_bytes"], limits["table_entries"])  # TRAP-2
        self.begin(budget)
        try:
            instance = self.call(Instance, stage.module, [])
        except Outcome as outcome:
            if outcome.key != "trapped":
                raise
            raise refused("instantiate", outcome.carries["message"]) from None  # MOD-5
        self.exports: dict[str, Any] = dict(instance.exports(self.store))
        self.memory = self.exports["memory"]

    def begin(self, budget: "Budget") -> None:
        self.budget = budget
        budget.start(self.store)

    def call(self, code: Any, *arguments: Any) -> Any:
        """An export's function, or `Instance` for what runs while instantiating."""
        try:
            return code(self.store, *arguments)
        except Trap as trap:
            raise self.budget.ended_by(trap) from None

    def number(self, name: str) -> int:
        """MOD-3. MOD-4: as an ECMAScript Number, of which 32 bits are taken; that leaves an
        i32 as it is, but unsigned."""
        found = self.exports[name]
        is_global = isinstance(found, Global)
        number = float(found.value(self.store) if is_global else self.call(found))
        if not math.isfinite(number):
            raise refused("export-shape", f"the export {name} is {number}, not a finite number")
        return int(number) % 2**32

    def numbers(self, pair: list[str]) -> list[int] | None:
        return [self.number(name) for name in pair] if pair[0] in self.exports else None

    def set_uniform(self, name: str, value: int | float) -> None:
        """UNI-1: results are ignored. The package cannot take a v128, so there a module in
        between drops them."""
        setter, shape = self.exports[name], self.stage.exports[name]
        if "v128" in shape:
            param, results = re.findall(r"\(([^)]*)\)", shape)
            text = f"""(module
              (import "" "" (func (param {param}) (result {results})))
              (func (export "") (param {param})
                (call 0 (local.get 0)) {"drop " * len(results.split())}))"""
            between = Module(self.stage.engine, bytes(wat2wasm(text)))
            setter = self.call(Instance, between, [setter]).exports(self.store)[""]
        self.call(setter, value)

    def within(self, pointer: int, length: int, code: str) -> tuple[int, int]:
        """IN-4, OUT-5, MIME-1: start and end of a part of memory as it is now. Of no bytes, the
        pointer may be at the very end and no further."""
        size = self.memory.data_len(self.store)
        if pointer + length > size:
            raise refused(code, f"{length} bytes at {pointer} in a memory of {size}")
        return pointer, pointer + length

    def media_type(self, place: list[int] | None) -> str | None:
        """MIME-1"""
        if place is None:
            return None
        pointer, size = place
        if size > 255:
            raise refused("content-type", f"a content type of {size} bytes")
        found = self.memory.read(self.store, *self.within(pointer, size, "content-type"))
        if not found.isascii():
            raise refused("content-type", "a content type that is not ASCII")
        return normalized(found.decode())

    def render(self, data: bytes, current: str | None) -> tuple[dict, str | None]:
        """The result as the protocol has it, but for its bytes, and the current type."""
        stage = self.stage
        for name, value in stage.uniforms:  # UNI-2
            self.set_uniform(name, value)

        # RUN-2: once each, in this order.
        input_ptr, input_cap = self.number("input_ptr"), self.number(stage.input_cap)
        if stage.output_cap:
            output_ptr, output_cap = self.number("output_ptr"), self.number(stage.output_cap)
        places = [self.numbers(INPUT_TYPE), self.numbers(OUTPUT_TYPE)]

        input_type, output_type = map(self.media_type, places)
        if input_type and current and input_type != current:  # MIME-3
            text = f"expected {shown(input_type)}, got {shown(current)}"
            raise refused("content-type-mismatch", f"input content type mismatch: {text}")
        current = output_type or current  # MIME-4

        if len(data) > input_cap:  # IN-3
            text = f"Input is too large: {len(data)} bytes, the capacity is {input_cap}"
            raise refused("input-too-large", text)
        self.within(input_ptr, len(data), "input-out-of-bounds")  # IN-4
        if stage.checks_utf8 and stage.input_cap == "input_utf8_cap":
            check_utf8(data, "input-not-utf8")
        if data:
            self.memory.write(self.store, data, input_ptr)
        result = self.call(self.exports[stage.entry], len(data))  # RUN-3

        if not stage.output_cap:
            return {"value": result}, current  # OUT-8
        count = result % 2**32
        if count > output_cap:  # OUT-4
            text = f"{count} elements of output, the capacity is {output_cap}"
            raise refused("output-too-large", text)
        kind = stage.output_cap.split("_")[1]
        length = count * 4 if kind == "i32" else count  # OUT-3
        start, end = self.within(output_ptr, length, "output-out-of-bounds")  # OUT-5
        output = bytes(self.memory.read(self.store, start, end))
        if stage.checks_utf8 and kind == "utf8":
            check_utf8(output, "output-not-utf8")
        return {"kind": kind, "bytes": output}, current


def check_utf8(data: bytes, code: str) -> None:
    """IN-6, OUT-6"""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise refused(code, f"no UTF-8 at offset {error.start}", offset=error.start) from None


# RUN-6, TRAP: what ends a request, over all of its stages


class Budget:
    """What is left to a request."""

    def __init__(self, limits: dict) -> None:
        self.time_ms, self.fuel = limits.get("time_ms"), limits.get("fuel")
        self.deadline = time.monotonic() + (self.time_ms or 0) / 1000

    def start(self, store: Store) -> None:
        left = self.deadline - time.monotonic() if self.time_ms is not None else 1e9
        store.set_epoch_deadline(max(math.ceil(left / TICK), 0) + 1)
        if self.fuel is not None:
            store.set_fuel(self.fuel)

    def settle(self, store: Store) -> None:
        if self.fuel is not None:
            self.fuel = store.get_fuel()
        if self.time_ms is not None and time.monotonic() >= self.deadline:
            raise self.out_of_time()  # the host's own work counts, too

    def out_of_time(self) -> Outcome:
        text = f"Wasm module exceeded the execution time limit ({self.time_ms}ms)"
        return Outcome("stopped", by="time", message=text)

    def ended_by(self, trap: Trap) -> Outcome:
        """TRAP-2: running out is no trap."""
        if trap.trap_code == TrapCode.INTERRUPT:
            return self.out_of_time()
        if trap.trap_code == TrapCode.OUT_OF_FUEL:
            return Outcome("stopped", by="fuel", message="Wasm module exceeded the fuel limit")
        kind = TRAPS[trap.trap_code]
        return Outcome("trapped", kind=kind, message=f"trapped: {kind}")


TRAPS: dict[Any, str] = {  # TRAP-1
    TrapCode.UNREACHABLE: "unreachable",
    TrapCode.MEMORY_OUT_OF_BOUNDS: "memory-out-of-bounds",
    TrapCode.TABLE_OUT_OF_BOUNDS: "table-out-of-bounds",
    TrapCode.INDIRECT_CALL_TO_NULL: "indirect-call-to-null",
    TrapCode.BAD_SIGNATURE: "bad-signature",
    TrapCode.INTEGER_OVERFLOW: "integer-overflow",
    TrapCode.INTEGER_DIVISION_BY_ZERO: "integer-divide-by-zero",
    TrapCode.BAD_CONVERSION_TO_INTEGER: "bad-conversion-to-integer",
    TrapCode.STACK_OVERFLOW: "stack-overflow",
}


# MIME: content types


def normalized(text: str) -> str | None:
    """MIME-2: white space and letters of ASCII only; what is empty is unknown."""
    space = b"\t\n\f\r "
    return text.encode().strip(space).lower().split(b";")[0].strip(space).decode() or None


# REC: recipes


class Recipe:
    """Stages that all of a case's requests are put to."""

    def __init__(self, stages: list[dict], options: dict, limits: dict) -> None:
        self.limits, self.reuse = limits, options.get("reuse", False)
        if not stages:  # REC-1
            raise refused("empty-recipe", "a recipe has at least one stage")
        check_limit("stages", len(stages), limits)
        self.stages: list[Stage] = []
        for position, given in enumerate(stages, start=1):
            wasm, uniforms = base64.b64decode(given["wasm"]), given.get("uniforms", {})
            self.stages.append(at(position, Stage, wasm, uniforms, options, limits))
        for position, stage in enumerate(self.stages[:-1], start=1):
            if stage.output_cap not in ("output_utf8_cap", "output_bytes_cap"):  # REC-2
                text = f"stage {position}: only utf8/bytes can be piped to another stage"
                raise refused("not-pipeable", text, stage=position)

    def render(self, data: bytes, content_type: str) -> dict:
        budget, current = Budget(self.limits), normalized(content_type)
        for position, stage in enumerate(self.stages, start=1):
            result, current = at(position, self.run, stage, budget, data, current)
            data = result.get("bytes", b"")  # REC-4: this and the type, and nothing else
        if current:
            result["content_type"] = current
        return result

    def run(self, stage: Stage, budget: Budget, data: bytes, current: str | None) -> tuple:
        """RUN-4: an instance serves one request, or is kept if the caller wants it; after a
        trap or a stop it never serves another."""
        running, stage.kept = stage.kept, None
        if running:
            running.begin(budget)
        else:
            running = Running(stage, self.limits, budget)
        try:
            passed = running.render(data, current)
            budget.settle(running.store)
        except Outcome as outcome:
            if self.reuse and outcome.key == "refused":
                stage.kept = running
            raise
        if self.reuse:
            stage.kept = running
        return passed


def at(position: int, run: Any, *arguments: Any) -> Any:
    """REC-5"""
    try:
        return run(*arguments)
    except Outcome as outcome:
        if outcome.key != "unsupported":
            outcome.carries["stage"] = position
        raise


# The host protocol (conformance/hosts/protocol/README.md)


def answer(case: dict) -> dict:
    requests = case.get("requests", [case])
    try:
        limits = LIMITS | case["limits"]
        recipe = Recipe(case["stages"], case.get("options", {}), limits)
        outcomes = [answer_request(recipe, request) for request in requests]
    except Outcome as outcome:  # of the modules, and so of every request
        outcomes = [{outcome.key: outcome.carries}] * len(requests)
    except WasmtimeError as error:
        outcomes = [{"broken": {"why": str(error)}}] * len(requests)
    said = {"outcomes": outcomes} if "requests" in case else {"outcome": outcomes[0]}
    return {"id": case["id"]} | said


def answer_request(recipe: Recipe, request: dict) -> dict:
    try:
        data = base64.b64decode(request["input"])
        result = recipe.render(data, request.get("content_type", ""))
    except Outcome as outcome:
        return {outcome.key: outcome.carries}
    if "bytes" not in result:
        return {"scalar": result}
    return {"output": result | {"bytes": base64.b64encode(result["bytes"]).decode()}}


def main() -> None:
    sys.set_int_max_str_digits(0)  # UNI-3 knows no longest integer
    engine = "wasmtime " + importlib.metadata.version("wasmtime")
    hello = {"protocol": 1, "host": "wasmtime-py", "version": "1", "engine": engine}
    for line in sys.stdin:
        message = json.loads(line)
        if "hello" in message:
            said = {"hello": hello | {"capabilities": CAPABILITIES}}
        else:
            said = answer(message["case"])
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
