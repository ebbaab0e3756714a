//! `-o`: a file that is written as a whole or not at all.

use std::fs;

use crate::ENGINES;
use crate::directory::Directory;
use crate::modules::{LOOPS, constant, echo, scalar, traps_at_start};

const OLD: &[u8] = b"old\n\x00\xff";

#[test]
fn output_is_written_as_it_is_printed() {
    let directory = Directory::new();
    directory.module("text.wasm", &echo("utf8", "utf8"));
    directory.module("bytes.wasm", &echo("bytes", "bytes"));
    directory.module("words.wasm", &constant("i32", r"\ff\00\00\00", 1));
    directory.module("scalar.wasm", &scalar("(i32.const -1)"));
    for engine in ENGINES {
        for (module, expected) in [
            ("text.wasm", &b"text\n"[..]),
            ("bytes.wasm", b"text"),
            ("words.wasm", b"000000ff\n"),
            ("scalar.wasm", b"Ran: -1\n"),
        ] {
            for option in [&["-o", "out"][..], &["-oout"], &["--output=out"]] {
                let args = [&["run", "--engine", engine, module], option].concat();
                directory.pipe(&args, "text").assert_prints("");
                assert_eq!(directory.read("out"), expected, "{module}");
                fs::remove_file(directory.path("out")).unwrap();
            }
        }
    }
}

#[test]
fn a_dash_is_stdout() {
    let directory = Directory::with(&echo("utf8", "utf8"));
    let answer = directory.pipe(&["run", "module.wasm", "-o", "-"], "text");
    answer.assert_prints("text\n");
    assert_eq!(directory.names(), ["module.wasm"]);
}

#[test]
fn an_old_file_is_replaced_and_nothing_else_is_left() {
    let directory = Directory::with(&echo("utf8", "utf8"));
    directory.file("out", OLD);
    let answer = directory.pipe(&["run", "module.wasm", "-o", "out"], "new");
    answer.assert_prints("");
    assert_eq!(directory.read("out"), b"new\n");
    assert_eq!(directory.names(), ["module.wasm", "out"]);
}

#[test]
fn input_and_output_may_be_one_file() {
    let directory = Directory::with(&crate::modules::exclaim());
    directory.file("file", "hey");
    let answer = directory.qip(&["run", "-i", "file", "-o", "file", "module.wasm"]);
    answer.assert_prints("");
    assert_eq!(directory.read("file"), b"hey!\n");
}

#[test]
fn a_failing_run_leaves_the_old_file_and_no_other() {
    let directory = Directory::new();
    directory.file("out", OLD);
    directory.file("not-wasm.wasm", "hello");
    directory.module("echo.wasm", &echo("utf8", "utf8"));
    directory.module("trap.wasm", &scalar("(unreachable)"));
    directory.module("start.wasm", &traps_at_start());
    directory.module("loop.wasm", &scalar(LOOPS));
    directory.module("ill-formed.wasm", &constant("utf8", r"\ff", 1));
    let before = directory.names();
    for engine in ENGINES {
        for (modules, code) in [
            (&["no-such.wasm"][..], 3),
            (&["echo.wasm", "-i", "no-such.txt"], 3),
            (&["not-wasm.wasm"], 4),
            (&["echo.wasm", "trap.wasm"], 4),
            (&["start.wasm"], 4),
            (&["ill-formed.wasm"], 4),
            (&["loop.wasm", "--timeout-ms", "50"], 5),
            (&["?a=1"], 2),
        ] {
            let args = [&["run", "--engine", engine, "-o", "out"], modules].concat();
            directory.qip(&args).assert_fails(code, &[]);
            assert_eq!(directory.read("out"), OLD, "{modules:?}");
            assert_eq!(directory.names(), before, "{modules:?}");
        }
        let args = ["run", "--engine", engine, "-o", "new", "trap.wasm"];
        directory.qip(&args).assert_fails(4, &[]);
        assert_eq!(directory.names(), before);
    }
}

#[test]
fn a_place_that_cannot_be_written_to_is_no_fault_of_the_request() {
    let directory = Directory::with(&echo("utf8", "utf8"));
    directory.file("file", OLD);
    fs::create_dir(directory.path("directory")).unwrap();
    let before = directory.names();
    for (path, named) in [
        ("no-such/out", "`no-such/out`"),
        ("file/out", "`file/out`"),
        ("directory", "`directory`"),
    ] {
        let answer = directory.pipe(&["run", "module.wasm", "-o", path], "text");
        answer.assert_fails(3, &["cannot write", named]);
        // The temporary file is nobody's business.
        assert!(!answer.stderr.contains(".qip-"), "{}", answer.stderr);
        assert_eq!(answer.stderr.lines().count(), 1, "{}", answer.stderr);
    }
    assert_eq!(directory.names(), before);
    assert_eq!(directory.read("file"), OLD);
}

/// Where not even the superuser makes files.
#[cfg(target_os = "linux")]
#[test]
fn a_directory_without_write_permission() {
    let directory = Directory::with(&echo("utf8", "utf8"));
    let answer = directory.pipe(&["run", "module.wasm", "-o", "/proc/qip-out"], "text");
    answer.assert_fails(3, &["cannot write `/proc/qip-out`"]);
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::OLD;
    use crate::directory::Directory;
    use crate::modules::echo;

    fn mode(directory: &Directory, name: &str) -> u32 {
        let metadata = fs::metadata(directory.path(name)).unwrap();
        metadata.permissions().mode() & 0o777
    }

    #[test]
    fn a_new_file_has_the_permissions_of_any_new_file() {
        let directory = Directory::with(&echo("utf8", "utf8"));
        directory.file("any", "");
        let answer = directory.pipe(&["run", "module.wasm", "-o", "out"], "text");
        answer.assert_prints("");
        assert_eq!(mode(&directory, "out"), mode(&directory, "any"));
        assert_eq!(mode(&directory, "out") & 0o111, 0);
    }

    #[test]
    fn the_mask_of_the_process_counts() {
        let directory = Directory::with(&echo("utf8", "utf8"));
        for (mask, expected) in [("077", 0o600), ("027", 0o640), ("002", 0o664)] {
            // The shell sets its mask and becomes the command.
            let status = std::process::Command::new("sh")
                .arg("-c")
                .arg(format!(
                    "umask {mask} && exec \"$0\" run module.wasm -o out"
                ))
                .arg(env!("CARGO_BIN_EXE_qip"))
                .current_dir(directory.path(""))
                .stdin(std::process::Stdio::null())
                .status()
                .unwrap();
            assert!(status.success());
            assert_eq!(mode(&directory, "out"), expected, "umask {mask}");
            fs::remove_file(directory.path("out")).unwrap();
        }
    }

    #[test]
    fn a_file_that_was_there_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt as _;

        let directory = Directory::with(&echo("utf8", "utf8"));
        directory.file("out", "old");
        let private = fs::Permissions::from_mode(0o600);
        fs::set_permissions(directory.path("out"), private).unwrap();
        let answer = directory.pipe(&["run", "module.wasm", "-o", "out"], "text");
        answer.assert_prints("");
        assert_eq!(mode(&directory, "out"), 0o600);
        assert_eq!(fs::read(directory.path("out")).unwrap(), b"text\n");
    }

    #[test]
    fn a_link_is_followed() {
        let directory = Directory::with(&echo("utf8", "utf8"));
        directory.file("target", "old");
        std::os::unix::fs::symlink("target", directory.path("out")).unwrap();
        let answer = directory.pipe(&["run", "module.wasm", "-o", "out"], "text");
        answer.assert_prints("");
        assert!(
            fs::symlink_metadata(directory.path("out"))
                .unwrap()
                .is_symlink()
        );
        assert_eq!(fs::read(directory.path("target")).unwrap(), b"text\n");
    }

    /// By way of a link: a command that replaces what it should write to replaces
    /// the link, where the superuser would lose the machine's device.
    #[test]
    fn a_device_is_written_to_as_it_stands() {
        let directory = Directory::with(&echo("utf8", "utf8"));
        symlink("/dev/null", directory.path("device")).unwrap();
        let answer = directory.pipe(&["run", "module.wasm", "-o", "device"], "text");
        answer.assert_prints("");
        assert!(directory.path("device").is_symlink());
        assert_eq!(directory.names(), ["device", "module.wasm"]);
    }

    #[test]
    fn a_read_only_directory_keeps_its_file() {
        let directory = Directory::with(&echo("utf8", "utf8"));
        directory.file("shut/out", OLD);
        let shut = directory.path("shut");
        fs::set_permissions(&shut, Permissions::from_mode(0o555)).unwrap();
        let is_bound = fs::write(shut.join("probe"), "").is_err();
        if is_bound {
            let answer = directory.pipe(&["run", "module.wasm", "-o", "shut/out"], "text");
            answer.assert_fails(3, &["cannot write `shut/out`"]);
            assert_eq!(directory.read("shut/out"), OLD);
        } else {
            eprintln!("skipped: permissions do not bind this user");
        }
        fs::set_permissions(&shut, Permissions::from_mode(0o755)).unwrap();
    }
}

/// A full disk, as far as a test can have one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_said_to_be_full() {
    let directory = Directory::with(&echo("utf8", "utf8"));
    // By way of a link, as above.
    std::os::unix::fs::symlink("/dev/full", directory.path("full")).unwrap();
    let answer = directory.pipe(&["run", "module.wasm", "-o", "full"], "text");
    answer.assert_fails(3, &["cannot write `full`"]);
    assert!(directory.path("full").is_symlink());
    let mut command = directory.command(&["run", "module.wasm"]);
    let output = command
        .stdin(std::process::Stdio::null())
        .stdout(fs::File::options().write(true).open("/dev/full").unwrap())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.starts_with("error: cannot write stdout: "),
        "{stderr}"
    );
}
