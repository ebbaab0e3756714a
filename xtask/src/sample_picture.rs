//! Writes the pictures that the README shows: a scene, and what filters make of it.

mod scene;

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use crate::flags::Profile;
use crate::workspace::Workspace;
use crate::{build, program};

/// The scene, as it is committed.
const SCENE: &str = "xtask/pictures/scene.png";

/// The size of that, in pixels.
const SIZE: (u32, u32) = (816, 544);

/// The scene behind filters.
const FILTERED: &str = "xtask/pictures/scene-filtered.png";

/// The filters, with their uniforms; modules are below `target/qip/modules`.
const FILTERS: &[&str] = &["tile/gaussian-blur.wasm", "?radius=4", "tile/vignette.wasm"];

/// A picture of RGB or RGBA bytes.
#[derive(Debug, PartialEq)]
struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

/// The task: writes both pictures, or with `check` says where one is stale. With a size
/// it writes only the scene, below the target directory.
pub(crate) fn run(workspace: &Workspace, size: Option<(u32, u32)>, check: bool) -> Result<u8> {
    if let Some((width, height)) = size {
        let name = format!("qip/scene-{width}x{height}.png");
        let path = workspace.target().join(name);
        write(&path, &render(width, height), png::Compression::Fast)?;
        println!("wrote {}", path.display());
        return Ok(0);
    }
    let scene = render(SIZE.0, SIZE.1);
    let path = workspace.path(SCENE);
    if !check {
        write(&path, &scene, png::Compression::High)?;
        filter(workspace, &workspace.path(FILTERED))?;
        println!("wrote {SCENE} and {FILTERED}");
        return Ok(0);
    }
    is_stale(SCENE, &read(&path)?, &scene)?;
    let filtered = workspace.target().join("qip/scene-filtered.png");
    filter(workspace, &filtered)?;
    is_stale(
        FILTERED,
        &read(&workspace.path(FILTERED))?,
        &read(&filtered)?,
    )?;
    Ok(0)
}

/// Fails where pixels differ; how they are compressed is nobody's business.
fn is_stale(name: &str, committed: &Picture, made: &Picture) -> Result<()> {
    ensure!(
        committed == made,
        "`{name}` is stale\nhelp: `cargo xtask sample-picture` writes it"
    );
    Ok(())
}

fn render(width: u32, height: u32) -> Picture {
    Picture {
        width,
        height,
        pixels: scene::render(width, height),
    }
}

/// Runs `qip image` over the committed scene.
fn filter(workspace: &Workspace, output: &Path) -> Result<()> {
    build::run(workspace, false)?;
    let output = std::path::absolute(output)?;
    if let Some(directory) = output.parent() {
        fs::create_dir_all(directory)?;
    }
    let mut args: Vec<PathBuf> = ["image", "--quiet", "--best", "-i", SCENE, "-o"]
        .map(PathBuf::from)
        .to_vec();
    args.push(output);
    for part in FILTERS {
        args.push(match part.starts_with('?') {
            true => PathBuf::from(part),
            false => std::path::absolute(workspace.modules().join(part))?,
        });
    }
    match program::qip(workspace, Profile::default(), &args)? {
        0 => Ok(()),
        status => bail!("`qip image` failed: exit status {status}"),
    }
}

fn write(path: &Path, picture: &Picture, compression: png::Compression) -> Result<()> {
    let write = || -> Result<()> {
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        let file = BufWriter::new(File::create(path)?);
        let mut encoder = png::Encoder::new(file, picture.width, picture.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(compression);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&picture.pixels)?;
        Ok(writer.finish()?)
    };
    write().with_context(|| format!("cannot write `{}`", path.display()))
}

fn read(path: &Path) -> Result<Picture> {
    let read = || -> Result<Picture> {
        let mut reader = png::Decoder::new(BufReader::new(File::open(path)?)).read_info()?;
        let size = reader.output_buffer_size().context("it is too large")?;
        let mut pixels = vec![0; size];
        let info = reader.next_frame(&mut pixels)?;
        pixels.truncate(info.buffer_size());
        Ok(Picture {
            width: info.width,
            height: info.height,
            pixels,
        })
    };
    read().with_context(|| format!("cannot read `{}`", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_comes_back_as_it_was_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a/b.png");
        let mut picture = render(33, 20);
        for compression in [png::Compression::Fast, png::Compression::High] {
            write(&path, &picture, compression).unwrap();
            assert_eq!(read(&path).unwrap(), picture);
        }
        let committed = read(&path).unwrap();
        is_stale("b.png", &committed, &picture).unwrap();
        picture.pixels[100] ^= 1;
        let error = is_stale("b.png", &committed, &picture).unwrap_err();
        assert!(error.to_string().starts_with("`b.png` is stale"));
        assert!(read(&directory.path().join("c.png")).is_err());
    }
}
