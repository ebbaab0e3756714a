//! Generated from `conformance/clauses.toml` by `cargo xtask clauses`: not to be edited.

use super::{Binds, Clause, Level, SeenBy};
use crate::Code;

/// The edition of the contract: it grows when what a clause asks changes.
pub const CONTRACT_EDITION: u32 = 1;

/// Every clause, in the order in which the contract is read.
pub static CLAUSES: &[Clause] = &[
    Clause {
        id: "MOD-1",
        binds: Binds::Module,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::MissingMemory, Code::MemoryKind],
        text: "\
            A module exports a linear memory under the name `memory`. It is addressed with 32 \
            bits and is not shared. Where the feature set already rules out the other kind of \
            memory (64-bit, shared), `invalid-module` is as good an answer as `memory-kind`.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "MOD-2",
        binds: Binds::Module,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::Import],
        text: "\
            A module imports nothing: no WASI, no clock, no randomness, no files, no network. A \
            host provides nothing, and refuses the first import in the import section, naming it \
            as `module.field`.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "MOD-3",
        binds: Binds::Module,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            Every pointer, capacity and size is exported either as a global of type `i32` or as \
            a function without parameters that returns one `i32`. A host takes both styles, \
            mixed freely within one module. A mutable global is read at the moment that RUN-2 \
            gives, not earlier.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "MOD-4",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::ExportShape],
        text: "\
            An export of any other shape (another value type, a function with parameters, with \
            no result or with more than one, a table, a memory) is refused, with the export's \
            name, what was found and what was wanted. An option, off by default, reads numbers \
            leniently as the JavaScript runner does: values of type i64, f32 and f64 are taken \
            too, turned into an ECMAScript Number and then by ToInt32 into 32 bits, and a value \
            that is not finite is refused.",
        choice: Some(
            "\
            Lenient numbers concern pointers, capacities and sizes only: in lenient mode too the \
            entry point's shape stays strict. A value that is not finite is `export-shape`, \
            since it is the export's value that has no reading. In strict mode a wrong shape is \
            found before anything is instantiated, since the binary alone shows it.",
        ),
        uncovered: None,
    },
    Clause {
        id: "MOD-5",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::Instantiate],
        text: "\
            A trap while a module is instantiated (in its start function, or from an active data \
            or element segment that does not fit) is the refusal `instantiate`. It is not \
            reported as a trap.",
        choice: Some(
            "\
            As in WebAssembly 2.0, an empty segment has to fit as well: its offset, which is \
            unsigned like any other, is at most the size of the memory or the table.",
        ),
        uncovered: None,
    },
    Clause {
        id: "MOD-6",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::MissingExport, Code::ExportShape],
        text: "\
            The entry point is the export `render` if a module has one under that name, else \
            `run`. The tile function of IMG-1 comes before both. The name alone decides and the \
            shape is checked after: a wrong shape never makes a host fall back to another name. \
            Every name of the contract that concerns the module's kind is shape-checked, also \
            one that loses.",
        choice: Some(
            "\
            A module that exports both `render` and `run` has both shape-checked, though only \
            `render` is ever called.",
        ),
        uncovered: None,
    },
    Clause {
        id: "MOD-7",
        binds: Binds::Module,
        level: Level::May,
        seen_by: SeenBy::Host,
        codes: &[Code::MemoryNotFixed],
        text: "\
            A module may declare a memory without a maximum, and may use `memory.grow`. A host \
            or checker can be told to insist on memory of a fixed size; a module that does not \
            have it is then refused.",
        choice: Some(
            "\
            A memory is of a fixed size if it declares a maximum that equals its minimum, and no \
            function of the module has the instruction `memory.grow`. The instruction alone \
            decides: whether it is ever reached, by how much it would grow the memory and \
            whether that could succeed make no difference. `table.grow` grows no memory.",
        ),
        uncovered: None,
    },
    Clause {
        id: "MOD-8",
        binds: Binds::Module,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::NotWasm, Code::InvalidModule],
        text: "\
            A module uses WebAssembly 2.0 core with fixed-width SIMD. Tail calls, extended \
            constant expressions and the type `externref` are capabilities that a host may have. \
            Threads, memory64, multi-memory, exceptions, garbage collection, typed function \
            references, relaxed SIMD and components are refused. Bytes without the header of a \
            core module, a component's header included, are `not-wasm`; that header followed by \
            rubbish is `invalid-module`. What custom sections hold never matters, and a host \
            calls no function but those that this contract names: not `_start`, not \
            `_initialize`.",
        choice: Some(
            "\
            A component is refused as `not-wasm`, by its header; all other exclusions are \
            `invalid-module`. A module that needs a capability which a host lacks is neither: \
            the host says what it lacks. So is whatever the WebAssembly specification calls \
            malformed or invalid, all of it found before anything runs: sections out of their \
            order or twice, say, and bodies of functions that are never called. Of a custom \
            section only the name is judged: it lies within the section and is UTF-8. Its \
            contents are not looked at, whatever tools give the name a meaning; there may be any \
            number of custom sections, anywhere, several of one name too.",
        ),
        uncovered: None,
    },
    Clause {
        id: "MOD-9",
        binds: Binds::Module,
        level: Level::Should,
        seen_by: SeenBy::Check,
        codes: &[],
        text: "\
            A global that is a capacity or a pointer holds the number itself. Plain data symbols \
            of C and Rust (`uint32_t input_bytes_cap = 64;`, `pub static`) are exported as the \
            address of the number instead: a checker warns where a capacity equals the address \
            of a small data segment.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "ORD-1",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            Before anything is instantiated a host looks, in this order, for: `empty-recipe`; \
            then for each stage in turn `limit` (size of the binary), `not-wasm`, \
            `invalid-module`, `import`, `missing-memory` or `memory-kind`, `limit` (the other \
            declared sizes), `missing-export` or `export-shape` of the entry point, then the \
            same of `input_ptr`, then of the input capacities, then of the output exports, then \
            of the content-type exports, then the uniforms in the order of their keys \
            (`unknown-uniform`, `uniform-shape`, `uniform-value`); and after all stages \
            `not-pipeable`. The first that is found is the answer.",
        choice: Some(
            "\
            More stages than allowed is `limit`, right after `empty-recipe`. `memory-not-fixed` \
            stands with `memory-kind`, right after it. Of a tile filter the input capacity is \
            followed by the width and height and then the halo, in the order of IMG-12, and then \
            the uniforms: what else content modules export (entry points, `input_utf8_cap`, the \
            output exports and the content-type exports) is not looked at, whatever its shape. \
            The keys of the uniform step are those that the caller gives and those that the \
            module exports, taken together in bytewise order.",
        ),
        uncovered: None,
    },
    Clause {
        id: "ORD-2",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            For each stage the order is: instantiate, uniforms, getters, `content-type`, \
            `content-type-mismatch`, `input-too-large`, `input-out-of-bounds`, `input-not-utf8`, \
            write the input, call the entry point, `output-too-large`, `output-out-of-bounds`, \
            `output-not-utf8`. The first failure ends the request. A stage is instantiated only \
            after the stage before it has returned.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "IN-1",
        binds: Binds::Module,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::MissingExport],
        text: "\
            A module exports `input_ptr`.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "IN-2",
        binds: Binds::Module,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::MissingExport],
        text: "\
            A module exports `input_utf8_cap` or `input_bytes_cap`. With both, `input_utf8_cap` \
            wins, and a checker warns.",
        choice: Some(
            "\
            A module that has neither is `missing-export`, as with any other export that it \
            needs.",
        ),
        uncovered: None,
    },
    Clause {
        id: "IN-3",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::InputTooLarge],
        text: "\
            An input longer than the capacity is refused before anything is written, with the \
            text `Input is too large` and both numbers. An input exactly as long as the capacity \
            is accepted.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "IN-4",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::InputOutOfBounds],
        text: "\
            `input_ptr` plus the input's length must lie within memory as it is after the \
            getters have run; otherwise the refusal shows pointer, length and size of the \
            memory. It holds for an empty input too: a pointer at the very end of memory is in \
            bounds, one past it is not. Pointer 0 is an address like any other.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "IN-5",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            A capacity limits the length of the input and promises nothing about memory. One \
            that reaches past the end of memory is no failure as long as the input at hand fits; \
            a checker reports it, since the memory guide asks that capacities match memory that \
            can be written.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "IN-6",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::InputNotUtf8],
        text: "\
            Bytes for a UTF-8 input must be well-formed UTF-8; the refusal carries the offset at \
            which the first ill-formed or incomplete sequence starts. The option `utf8 = \
            unchecked` turns off IN-6, OUT-6 and REC-3 together.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "IN-7",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Lib,
        codes: &[],
        text: "\
            A host leaves memory beyond the input's length as the module left it.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "RUN-1",
        binds: Binds::Module,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::MissingExport, Code::ExportShape],
        text: "\
            A module exports its entry point as a function with one parameter `i32` and one \
            result `i32`.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "RUN-2",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            After the uniforms a host reads, once each and in this order: `input_ptr`; the input \
            capacity that wins; if the output is buffered (OUT-1), `output_ptr` and the output \
            capacity that wins; then the content-type exports. A capacity that loses is never \
            called.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "RUN-3",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            A host calls the entry point once for a request, with the input's length in bytes.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "RUN-4",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            Each request sees a fresh instance: memory is zero but for the data segments, \
            globals are as declared. Reusing an instance is an option that the caller asks for. \
            After a trap or a stop an instance is never reused.",
        choice: Some(
            "\
            With reuse, uniforms are applied and getters are read again on every request. Only a \
            trap, a stop or a failure of the engine itself ends an instance: a refusal that \
            comes while there is one, of an input, an output or a content type, leaves it in use \
            for the next request, in this stage and in those before, with whatever the refused \
            request has left in it.",
        ),
        uncovered: None,
    },
    Clause {
        id: "RUN-5",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            A trap fails the request, and no output is read. Where the engine can give a \
            backtrace, the library and the command line pass it on.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "RUN-6",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            One time limit covers the whole request over all its stages: instantiation, every \
            call of an export, and the host's own copying, checking and tiling. The text is \
            `Wasm module exceeded the execution time limit (100ms)`, with the limit in force in \
            place of 100. One bulk instruction may run to its end first, and the machine may be \
            busy, so cases only ask for an answer within the limit plus 10 s. A limit in fuel is \
            a capability, and is deterministic within one engine.",
        choice: Some(
            "\
            How soon after its limit a request ends says as much of the machine as of the host: \
            the 10 s tell a host that never ends it from one that does, and nothing more. A \
            limit is reached when its time has passed, to the moment: a request that may take no \
            time is over at once.",
        ),
        uncovered: None,
    },
    Clause {
        id: "RUN-7",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            Nothing that a module does ends, blocks or bloats the host beyond the limits of LIM.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "OUT-1",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            The output is buffered if a module exports `output_ptr` and at least one of \
            `output_utf8_cap`, `output_bytes_cap` and `output_i32_cap`; otherwise the result is \
            a scalar. Presence of the exports decides: a capacity of 0 is buffered.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "OUT-2",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            With several output capacities, UTF-8 wins over bytes and bytes win over i32. A \
            checker warns.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "OUT-3",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            The result of the entry point is a count of elements: an element is 1 byte for UTF-8 \
            and bytes, 4 bytes, little-endian, for i32. `output_i32_cap` counts elements, not \
            bytes.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "OUT-4",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::OutputTooLarge],
        text: "\
            A count above the capacity fails the request, and nothing is read. A count equal to \
            the capacity is fine.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "OUT-5",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::OutputOutOfBounds],
        text: "\
            `output_ptr` plus count times element size must lie within memory as it is after the \
            call. This holds for a count of 0 too. No alignment is asked.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "OUT-6",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::OutputNotUtf8],
        text: "\
            UTF-8 output must be well-formed; the failure carries an offset as in IN-6. A \
            leading EF BB BF is kept.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "OUT-7",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            A count of 0 is success: an empty output of the declared kind. The next stage gets \
            an empty input.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "OUT-8",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            A scalar is the result of the entry point read as a signed i32. The command line \
            prints it as `Ran: -1`.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "OUT-9",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Cli,
        codes: &[],
        text: "\
            The command line prints UTF-8 with exactly one newline after it, always; bytes as \
            they are; i32 as one element a line in eight lower-case hexadecimal digits, and no \
            line at all for no elements.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "OUT-10",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Lib,
        codes: &[],
        text: "\
            The caller owns the output. It never aliases the module's memory.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "MIME-1",
        binds: Binds::Module,
        level: Level::May,
        seen_by: SeenBy::Host,
        codes: &[Code::MissingExport, Code::ContentType],
        text: "\
            A module may export `input_content_type_ptr` together with \
            `input_content_type_size`, and `output_content_type_ptr` together with \
            `output_content_type_size`: each pair points at one media type in ASCII of at most \
            255 bytes, which a host reads before the call. One of a pair without the other is \
            `missing-export`. A type with a byte that is not ASCII, a longer one, or one that is \
            out of bounds is `content-type`.",
        choice: Some(
            "\
            The bytes are read after all getters and before the input is written. The length and \
            the ASCII rule hold for the bytes as exported, before MIME-2 cuts anything off. \
            Bounds are read as in IN-4: of an empty type the pointer may be at the very end of \
            memory and no further.",
        ),
        uncovered: None,
    },
    Clause {
        id: "MIME-2",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            A host normalises a media type: trim, lower-case, drop everything from the first `;` \
            on, trim again. Trimming and lower-casing touch ASCII only. What is empty after that \
            means unknown. It applies to the types that modules declare and to the one that the \
            caller gives.",
        choice: Some(
            "\
            White space is what the web's standards call ASCII white space: tab, line feed, form \
            feed, carriage return and space.",
        ),
        uncovered: None,
    },
    Clause {
        id: "MIME-3",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::ContentTypeMismatch],
        text: "\
            A declared input type must equal the current type if the current type is known. The \
            refusal reads `input content type mismatch: expected X, got Y`, where X is the \
            declared and Y the current type, both normalised. A stage that declares no input \
            type takes any, and an unknown current type is taken by every stage.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "MIME-4",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            A declared output type becomes the current type; without one the current type is \
            kept. The reply carries the type that is current at the end. The current type starts \
            as the one that the caller gives.",
        choice: Some(
            "\
            A declared type that is empty after MIME-2 counts as not declared, as in the runner: \
            as an input type it takes any, as an output type it keeps the current one.",
        ),
        uncovered: None,
    },
    Clause {
        id: "MIME-5",
        binds: Binds::Module,
        level: Level::Should,
        seen_by: SeenBy::Check,
        codes: &[],
        text: "\
            A module declares its types in lower case, without parameters, without ranges such \
            as `text/*`, and not `text/plain` or `application/octet-stream`, which say nothing.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "REC-1",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::EmptyRecipe],
        text: "\
            A recipe has at least one stage.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "REC-2",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::NotPipeable],
        text: "\
            A stage with a scalar or i32 result that is not the last one is refused before \
            anything is instantiated, with the text `only utf8/bytes can be piped to another \
            stage` and the stage's position.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "REC-3",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::InputNotUtf8],
        text: "\
            Bytes that are piped into a UTF-8 input are checked as in IN-6; it is the receiving \
            stage that fails.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "REC-4",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            Stages share nothing but the piped bytes and the current content type, two stages of \
            the same module included.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "REC-5",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            A failure names its stage, counted from 1, and its file where one is known. Later \
            stages do not run.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "REC-6",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::NotPipeable],
        text: "\
            Tile filters may stand in a recipe. A block is a maximal run of them, and a recipe \
            may have several blocks. A block takes a BMP picture (REC-7) and gives one. A stage \
            with UTF-8, scalar or i32 output right before a block is `not-pipeable`. Content \
            types that a block's filters declare are ignored, and after a block the current type \
            is `image/bmp`.",
        choice: Some(
            "\
            It is the stage before the block that is `not-pipeable`. A block looks at no content \
            type, also not at the current one, and of an empty input it says `not-bmp`.",
        ),
        uncovered: None,
    },
    Clause {
        id: "REC-7",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::NotBmp, Code::ImageSize],
        text: "\
            A BMP that is read has at least 54 bytes, starts with `BM`, has a DIB header of 40 \
            bytes or more, one plane, no compression, 24 or 32 bits a pixel, rows padded to 4 \
            bytes, and its pixels within the input; a negative height means top-down; all other \
            fields and trailing bytes are ignored. Alpha is 255 with 24 bits and the fourth \
            byte, even if 0, with 32. Anything else is `not-bmp`, but a width of 0 or less, a \
            height of 0 or -2^31, or a size over the limit is `image-size`. A BMP that is \
            written has its pixels at offset 54, a DIB header of 40 bytes, its width, its height \
            as a positive number with bottom-up rows, one plane, 32 bits a pixel, file size and \
            image size in bytes, and 0 in every other field.",
        choice: Some(
            "\
            The order is: the header (`not-bmp`), the size (`image-size`), whether all pixels \
            are there (`not-bmp`), and only then the first filter is instantiated; the failure \
            is that of the block's first stage. Rows count with their padding, also the last. \
            The pixels are where their offset says, wherever that is. The fields that are \
            judged, little-endian: the offset of the pixels (4 bytes at 10), the size of the DIB \
            header (4 at 14, at least 40), width and height (4 each at 18 and 22, signed), \
            planes (2 at 26, exactly 1), bits a pixel (2 at 28, exactly 24 or 32) and \
            compression (4 at 30, exactly 0). Those that are ignored: the size of the file (2), \
            reserved bytes (6), the size of the image (34), resolutions (38, 42), colours (46, \
            50) and whatever a longer DIB header holds.",
        ),
        uncovered: None,
    },
    Clause {
        id: "UNI-1",
        binds: Binds::Module,
        level: Level::May,
        seen_by: SeenBy::Host,
        codes: &[Code::UniformShape],
        text: "\
            A module may export `uniform_set_<key>` as a function with exactly one parameter of \
            type i32, i64, f32 or f64. Its results, of any number and type, are ignored.",
        choice: Some(
            "\
            Uniform exports are shape-checked even when the caller gives no such key: the binary \
            alone shows the fault.",
        ),
        uncovered: None,
    },
    Clause {
        id: "UNI-2",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            A host applies each given key once, in bytewise order of the keys, after \
            instantiation and before the getters.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "UNI-3",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::UniformValue, Code::UnknownUniform],
        text: "\
            Values are parsed before anything is instantiated. An integer is `[+-]?[0-9]+` \
            within the signed range of the parameter's width, or `0x` followed by hexadecimal \
            digits that fit the width, taken as bits. A float is \
            `[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?`, rounded once, straight to \
            the parameter's type, and finite after that. Anything else is `uniform-value`. A key \
            that the module does not export is `unknown-uniform`.",
        choice: Some(
            "\
            An empty key is `unknown-uniform`, whatever the module exports.",
        ),
        uncovered: None,
    },
    Clause {
        id: "UNI-4",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::UnknownUniform],
        text: "\
            `width_and_height` is never a key for the caller to give, since the host itself sets \
            it (IMG-6): it is answered with `unknown-uniform`.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "UNI-5",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Cli,
        codes: &[],
        text: "\
            On the command line uniforms follow their module as `module.wasm \
            '?key=value&key2=value2'`. Percent escapes and `+` are decoded, and the last of \
            several equal keys wins.",
        choice: None,
        uncovered: Some(
            "\
            Only a command line has such arguments; the tests of `qip run` hold it to this.",
        ),
    },
    Clause {
        id: "IMG-1",
        binds: Binds::Module,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::MissingExport, Code::ExportShape],
        text: "\
            A module that exports `tile_rgba32float_64x64`, or the older name \
            `tile_rgba_f32_64x64`, is a tile filter, whatever the kind of that export. The \
            function takes two `f32` and returns nothing. With both names the first wins and \
            both are shape-checked. A tile filter also exports `input_ptr` and \
            `input_bytes_cap`.",
        choice: Some(
            "\
            Where a picture is the request, every module of the pipeline has to be a tile \
            filter: one that is not is `missing-export`, where a tile function of another shape \
            would be found.",
        ),
        uncovered: None,
    },
    Clause {
        id: "IMG-2",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            Pixels are RGBA in f32 with straight alpha (nothing is premultiplied, and colour \
            under alpha 0 is kept), row-major and unpadded. A byte b becomes the float `f32(b) * \
            f32(1/255)`, the constant having the bits 0x3B808081. A float v becomes a byte so: v \
            <= 0 is 0, v >= 1 is 255, NaN is 0, else `t = v * 255; u = t + 0.5; truncate(u)`, \
            every step rounded to f32 and none fused. Between stages floats pass bit for bit; \
            bytes are made once, at the end.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "IMG-3",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            A tile is `64 + 2 * halo` pixels wide and high (its span) and takes `span * span * \
            16` bytes. It is written at `input_ptr`, the tile function is called, and the same \
            buffer is read back.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "IMG-4",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::TileTooLarge, Code::TileOutOfBounds],
        text: "\
            A tile must fit `input_bytes_cap`: if not it is `tile-too-large`, with the text \
            `Tile buffer exceeds module input_bytes_cap` and two numbers, the size of the tile \
            in bytes and the capacity; a size that overflows at any width is the same. It must \
            also fit memory at `input_ptr`: if not it is `tile-out-of-bounds`.",
        choice: Some(
            "\
            The capacity comes first. No alignment is asked of `input_ptr`. A size of 2^64 bytes \
            or more need not be told as a number, and `tile-out-of-bounds` asks for no numbers.",
        ),
        uncovered: None,
    },
    Clause {
        id: "IMG-5",
        binds: Binds::Module,
        level: Level::May,
        seen_by: SeenBy::Host,
        codes: &[Code::ExportShape],
        text: "\
            A tile filter may export `calculate_halo_px` as a function without parameters that \
            returns one `i32`, read as signed; a negative halo counts as 0. Any other shape is \
            `export-shape`.",
        choice: Some(
            "\
            Lenient numbers (MOD-4) do not concern the halo. An export that says 0 is no halo.",
        ),
        uncovered: None,
    },
    Clause {
        id: "IMG-6",
        binds: Binds::Module,
        level: Level::May,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            A tile filter may export `uniform_set_width_and_height` as a function of two `f32`, \
            results ignored. The host calls it with the width and height of the full picture.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "IMG-7",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            The arguments of the tile function are the top-left pixel of the tile's core minus \
            the stage's own halo in both directions, as f32: `(x - halo, y - halo)`. Every core \
            position, x and y multiples of 64, is given once.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "IMG-8",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            If no stage of a block has a halo, each tile passes through all stages before it is \
            turned into bytes. What lies outside the picture in a border tile is 0 in every \
            channel for the first stage, and as the stage before left it for later ones.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "IMG-9",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            If any stage of a block has a halo, each stage sees the whole result of the stage \
            before. Pixels outside the picture take the nearest pixel inside, in the halo and in \
            that part of a border tile that lies outside the picture alike, also for stages of \
            the block without a halo. Only the core, and of it only what is inside the picture, \
            is kept.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "IMG-10",
        binds: Binds::Module,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            The result of a tile depends only on its pixels, its arguments, the uniforms and the \
            picture's size. Hosts may therefore take tiles in any order and with any number of \
            instances; with one thread the order is row-major with one instance for each stage. \
            The failure that is reported is the first in row-major order of the first stage that \
            fails.",
        choice: Some(
            "\
            A later stage that would fail at an earlier tile is not reported, also where each \
            tile passes through all stages (IMG-8).",
        ),
        uncovered: None,
    },
    Clause {
        id: "IMG-11",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::ImageSize],
        text: "\
            A picture without pixels or over the limit is refused. Decoding a picture is bounded \
            in size and in memory.",
        choice: Some(
            "\
            The size comes after everything that ORD-1 looks at and before anything is \
            instantiated. It is no stage's fault; of a BMP (REC-7) it is the fault of the \
            block's first stage.",
        ),
        uncovered: None,
    },
    Clause {
        id: "IMG-12",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            For each instance, once, before its first tile and in this order: instantiate, \
            uniforms, `input_ptr`, `input_bytes_cap`, width and height, halo, the checks of \
            IMG-4. All stages of a block are made ready once before the first tile. Bounds are \
            those of memory before the write and of memory after the call.",
        choice: Some(
            "\
            Reuse of instances (RUN-4) does not concern tile filters: one is made ready for one \
            picture, so each request has fresh ones.",
        ),
        uncovered: None,
    },
    Clause {
        id: "TRAP-1",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            There are nine kinds of trap, the same on every engine: unreachable, \
            memory-out-of-bounds, table-out-of-bounds, indirect-call-to-null, bad-signature, \
            integer-overflow, integer-divide-by-zero, bad-conversion-to-integer, stack-overflow.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "TRAP-2",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            A trap in any call of an export (getter, uniform, halo, entry point, tile) is the \
            outcome `trapped`. Running out of time or fuel anywhere is the outcome `stopped`. \
            Growth of memory or of a table that is refused answers -1 to the module and is no \
            outcome.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "TRAP-3",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            A subject without the capability `indirect-kinds` is judged with the three kinds \
            that concern tables (table-out-of-bounds, indirect-call-to-null, bad-signature) as \
            one, since JavaScript engines do not tell them apart.",
        choice: None,
        uncovered: Some(
            "\
            It binds the harness, whose own tests show that the three kinds are judged as one.",
        ),
    },
    Clause {
        id: "DET-1",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            The same module, input, uniforms and options have the same outcome on every engine: \
            the same bytes and the same kind of trap, and the same bits of NaN when \
            deterministic floats are asked for. The promise leaves out the depth of the stack, \
            what fuel buys, time limits, texts, and growth that is refused for want of real \
            memory.",
        choice: Some(
            "\
            A limit that only an engine has, and another engine has not, is left out as well: \
            see the choice at LIM-1. The depth of the stack is that of calls and of the frame of \
            any one of them.",
        ),
        uncovered: None,
    },
    Clause {
        id: "DET-2",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            The same request made twice has the same outcome twice.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "LIM-1",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::Limit],
        text: "\
            A host has these limits by default, each of which can be configured; one that is \
            exceeded is `limit`, with what was found and what is allowed: 64 MiB a module, 100 \
            000 functions, 4 MiB a function body, 50 000 locals, 65 520 targets of a branch \
            table, 10 000 operands on the stack of a function, 1 000 parameters or results, 100 \
            000 types, 10 000 exports, 100 000 segments, 1 000 000 entries of a table (growth \
            too), 1 GiB of memory, 64 stages, 2^28 pixels and 65 535 a side of a picture.",
        choice: Some(
            "\
            Locals leave parameters out, the targets of a branch table leave its default out, \
            and the operands of a function are the most values that validation has on its stack \
            after any instruction, those of enclosing blocks included and a v128 counted as one. \
            Targets and operands can be limited further but not allowed more: 65 520 targets are \
            what wasmtime and V8 take, and beside 10 000 operands there is room for locals on \
            every engine; real modules stay far below either. Nor is more allowed than what the \
            usual parser of WebAssembly, wasmparser, reads of what is counted here: 1 000 000 \
            functions, types or exports, 7 654 321 bytes of a function body, 50 000 locals and \
            parameters together, 1 000 parameters or results, 100 000 data segments and as many \
            element segments. A module beyond those numbers is `limit` too, not \
            `invalid-module`: to the caller it is the same fault, and which of two bounds is hit \
            first should not show. `invalid-module` still comes before it, as far as can be \
            told: the instructions of a function that has more bytes or locals than that are not \
            looked at, all else is; after a section of too many types, functions, exports or \
            segments, or a type of too many parameters or results, the rest need only be \
            well-formed in its sections, their entries and the locals of functions. What is \
            beyond other bounds of wasmparser (100 000 bytes of a name, 100 tables, 1 000 000 \
            imports or globals, 10 000 000 elements of a segment) is `invalid-module`. An engine \
            may be too small for a module within all these limits: for its locals (wasmi is sure \
            of 20 000 with parameters, a v128 counted as two) or for the code that becomes of a \
            function. Its host then answers `limit`, with what was found, at least, and what the \
            engine is sure to take, after everything else that ORD-1 lists for the stage. DET-1 \
            leaves that out of its promise. Anything else that an engine does not compile is a \
            fault of the engine and no outcome.",
        ),
        uncovered: None,
    },
    Clause {
        id: "LIM-2",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[Code::Limit],
        text: "\
            The sizes that a module declares (minimum memory, tables) are held against the \
            limits before the module is compiled, so that they are never reserved or zeroed.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "LIM-3",
        binds: Binds::Host,
        level: Level::Should,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            A host that takes modules from strangers compiles them where it can abandon the \
            work.",
        choice: None,
        uncovered: None,
    },
    Clause {
        id: "LIM-4",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            The output that is kept over all stages is bounded. The deadline is looked at \
            between tiles.",
        choice: Some(
            "\
            No limit of its own is needed: the output of one stage fits that stage's memory, and \
            the output of only one stage is kept at a time.",
        ),
        uncovered: None,
    },
    Clause {
        id: "LIM-5",
        binds: Binds::Host,
        level: Level::Must,
        seen_by: SeenBy::Host,
        codes: &[],
        text: "\
            Text that comes from a module (names, types) is escaped and cut at 128 characters \
            wherever it is shown.",
        choice: Some(
            "\
            To be escaped are control characters, and those that break a line or turn the \
            direction of writing: U+061C, U+200E, U+200F, U+2028 to U+202E and U+2066 to U+2069. \
            How they are escaped is open, and others may be, too. The 128 characters are counted \
            before or after that, as the host likes; a mark of the cut does not count. It holds \
            for words of an engine or a parser that have a name of the module in them as well.",
        ),
        uncovered: None,
    },
];
