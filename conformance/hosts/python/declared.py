"""What a module declares, read from its bytes: the part of a host that needs no engine.

A host that asks its engine has compiled the module by then, which is too late for LIM-2;
and the package `wasmtime` ends the process where an exported function has a v128.
"""

from collections.abc import Iterator

HEADER = b"\0asm\x01\0\0\0"  # a component has another one (MOD-8)
TYPES = {
    0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64", 0x7B: "v128",
    0x70: "funcref", 0x6F: "externref",
}
SIZES = """
    functions function_bytes locals locals_and_params params types exports elements data segments
    table_entries memory_bytes
""".split()


class Reader:
    """The bytes of a binary, from the front."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise ValueError(f"{count} bytes wanted at {self.at} of {len(self.data)}")
        self.at += count
        return self.data[self.at - count : self.at]

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        """LEB128, unsigned; passes over a signed one as well."""
        value = 0
        for shift in range(0, 70, 7):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise ValueError("a number of more than 64 bits")

    def name(self) -> str:
        return self.take(self.number()).decode()

    def type(self) -> str:
        byte = self.byte()
        if byte not in TYPES:
            raise ValueError(f"{byte:#x} is no type")
        return TYPES[byte]

    def types(self) -> list[str]:
        return [self.type() for _ in range(self.number())]

    def minimum(self) -> int:
        """The limits of a memory or a table, of which only the minimum is of concern."""
        has_maximum, minimum = self.number(), self.number()
        if has_maximum > 1:  # shared, or of 64 bits
            raise ValueError("limits of another proposal")
        if has_maximum:
            self.number()
        return minimum

    def pass_expression(self) -> None:
        """What a global starts with."""
        while (operator := self.byte()) != 0x0B:
            match operator:
                case 0x23 | 0x41 | 0x42 | 0xD0 | 0xD2:  # an index, an integer, a reference
                    self.number()
                case 0x43:
                    self.take(4)
                case 0x44:
                    self.take(8)
                case 0xFD:
                    self.take(17)

    def sections(self) -> Iterator[tuple[int, "Reader"]]:
        while self.at < len(self.data):
            yield self.number(), Reader(self.take(self.number()))


class Declared:
    """`first_import` is module and field, or `None`; `exports` are shapes by name, such as
    `function (i32) -> (i32)`, `global i32`, `table`, `memory`; `sizes` are what LIM-1 counts
    by its name in the protocol, of several functions or tables that of the largest, and what
    only its choice counts.

    Raises `ValueError` or `IndexError` where the bytes are no module. Most of that is found,
    and not all: whether the module is valid is asked of wasmtime.
    """

    def __init__(self, wasm: bytes) -> None:
        self.first_import: tuple[str, str] | None = None
        self.exports: dict[str, str] = {}
        self.sizes: dict[str, int] = dict.fromkeys(SIZES, 0)
        self._types: list[tuple[str, int]] = []  # with the number of parameters
        self._functions: list[tuple[str, int]] = []
        self._globals: list[str] = []
        for section, part in Reader(wasm[len(HEADER) :]).sections():
            if section != 0:  # custom sections never matter (MOD-8)
                self._read(section, part, part.number())

    def _read(self, section: int, part: Reader, count: int) -> None:
        match section:
            case 1:
                self._largest("types", count)
                for _ in range(count):
                    if part.byte() != 0x60:
                        raise ValueError("a type that is no function's")
                    params, results = part.types(), part.types()
                    self._largest("params", max(len(params), len(results)))
                    text = f"function ({' '.join(params)}) -> ({' '.join(results)})"
                    self._types.append((text, len(params)))
            case 2 if count:
                self.first_import = (part.name(), part.name())
            case 3:
                self._largest("functions", count)
                self._functions = [self._types[part.number()] for _ in range(count)]
            case 4:
                for _ in range(count):
                    part.type()
                    self._largest("table_entries", part.minimum())
            case 5:
                self._largest("memory_bytes", part.minimum() * 65536)
            case 6:
                for _ in range(count):
                    self._globals.append(f"global {part.type()}")
                    part.byte()  # whether it is mutable
                    part.pass_expression()
            case 7:
                self._largest("exports", count)
                # Whoever imports is refused (MOD-2), and what it imports comes first in each
                # numbering; so that need not be known here.
                for _ in range(0 if self.first_import else count):
                    name, kind, index = part.name(), part.byte(), part.number()
                    match kind:
                        case 0:
                            self.exports[name] = self._functions[index][0]
                        case 1 | 2:
                            self.exports[name] = "table" if kind == 1 else "memory"
                        case 3:
                            self.exports[name] = self._globals[index]
            case 9 | 11:
                self._largest("elements" if section == 9 else "data", count)
                self._largest("segments", self.sizes["segments"] + count)
            case 10:
                for _, params in self._functions[:count]:
                    body = Reader(part.take(part.number()))
                    self._largest("function_bytes", len(body.data))
                    groups = [(body.number(), body.type()) for _ in range(body.number())]
                    locals = sum(number for number, _ in groups)
                    self._largest("locals", locals)
                    self._largest("locals_and_params", locals + params)
            case _ if section > 12:
                raise ValueError(f"a section of the kind {section}")

    def _largest(self, name: str, found: int) -> None:
        self.sizes[name] = max(self.sizes[name], found)
