//! What is no picture, or too large a one.

use std::process::Command;

use image::ImageFormat;
use model_runtime::files::PictureRules;

use super::fixtures::{encoded, exif, plain, png, refusal, with_exif};

const UNREADABLE: &str = "is no picture that can be read; use a PNG, JPEG, WebP or GIF file";
const TOO_MANY_PIXELS: &str = "has more than 4096 × 4096 pixels; use a smaller picture";

/// The field and the message of the refusal of an upload.
async fn refused(upload: &[u8]) -> (String, String) {
    refusal(PictureRules::default().read("avatar", upload).await.unwrap_err())
}

/// Runs the test again in a process that gets 3 GB of memory at most. `true` in that process, where the test goes on.
fn has_little_memory(test: &str) -> bool {
    const CHILD: &str = "TEST_HAS_LITTLE_MEMORY";
    if std::env::var_os(CHILD).is_some() {
        return true;
    }
    let limited = "ulimit -v 3000000 && exec \"$0\" --exact \"$1\"";
    let program = std::env::current_exe().unwrap();
    let child =
        Command::new("sh").args(["-c", limited]).arg(program).arg(test).env(CHILD, "1").output().unwrap();
    let (told, errors) = (String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success() && told.contains("1 passed"), "{told}{errors}");
    false
}

#[tokio::test]
async fn what_is_no_picture_is_refused() {
    let png = png(64, 64);
    let webp = encoded(&plain(64, 64), ImageFormat::WebP);
    let uploads: [(&str, &[u8]); 12] = [
        ("nothing", b""),
        ("text", b"hello"),
        ("HTML", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("SVG", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"),
        ("SVG with a declaration", b"<?xml version=\"1.0\"?><svg/>"),
        ("PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3"),
        ("a program", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"),
        ("BMP", b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0"),
        ("the head of a PNG", &png[..40]),
        ("half of a PNG", &png[..png.len() / 2]),
        ("half of a WebP", &webp[..webp.len() / 2]),
        ("the head of a JPEG", b"\xff\xd8\xff\xe0\0\x10JFIF\0"),
    ];
    for (what, upload) in uploads {
        assert_eq!(refused(upload).await, ("avatar".to_owned(), UNREADABLE.to_owned()), "{what}");
    }
}

/// Read as a GIF, the start of a script is a width.
#[tokio::test]
async fn a_script_that_starts_as_a_gif_is_refused() {
    for script in ["GIF89a/*\x01\x00\x01\x00*/=1;alert(document.cookie)//", "GIF89a=1;alert(document.cookie)"]
    {
        assert_eq!(refused(script.as_bytes()).await.1, TOO_MANY_PIXELS);
        let rules = PictureRules { max_side: u32::MAX, ..PictureRules::default() };
        let (_, message) = refusal(rules.read("avatar", script).await.unwrap_err());
        assert_eq!(message, UNREADABLE);
    }
}

#[tokio::test]
async fn damage_within_a_png_is_refused() {
    let mut damaged = png(64, 64);
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    assert_eq!(refused(&damaged).await.1, UNREADABLE);
}

#[tokio::test]
async fn too_many_bytes_are_refused() {
    let upload = vec![0; 5 * 1024 * 1024 + 1];
    let message = "has 5242881 bytes, 5242880 are allowed; use a smaller file";
    assert_eq!(refused(&upload).await, ("avatar".to_owned(), message.to_owned()));

    let upload = png(16, 16);
    let rules = PictureRules { max_bytes: upload.len() - 1, ..PictureRules::default() };
    let (field, message) = refusal(rules.read("logo", upload).await.unwrap_err());
    assert_eq!(field, "logo");
    assert!(message.ends_with("are allowed; use a smaller file"), "{message}");
}

#[tokio::test]
async fn too_many_pixels_are_refused() {
    let rules = PictureRules { max_side: 16, ..PictureRules::default() };
    for (width, height) in [(17, 1), (1, 17), (17, 17)] {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
            let upload = encoded(&plain(width, height), format);
            let (_, message) = refusal(rules.read("avatar", upload).await.unwrap_err());
            let expected = "has more than 16 × 16 pixels; use a smaller picture";
            assert_eq!(message, expected, "{format:?} of {width} × {height}");
        }
    }
}

/// Small files that say they are huge. Were they decoded, they would be told to be no picture, since no pixels follow.
#[tokio::test]
async fn a_bomb_is_refused_by_what_its_head_says() {
    if !has_little_memory("picture_refused::a_bomb_is_refused_by_what_its_head_says") {
        return;
    }
    let mut png = png(8, 8);
    png[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]);
    let sum = crc32(&png[12..29]).to_be_bytes();
    png[29..33].copy_from_slice(&sum);
    assert_eq!(refused(&png).await.1, TOO_MANY_PIXELS, "PNG");

    let mut gif = encoded(&plain(8, 8), ImageFormat::Gif);
    gif[6..10].fill(0xff);
    assert_eq!(refused(&gif).await.1, TOO_MANY_PIXELS, "GIF");

    let mut jpeg = encoded(&plain(8, 8), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0x00, 0xff, 0x00]);
    assert_eq!(refused(&jpeg).await.1, TOO_MANY_PIXELS, "JPEG");

    let mut webp = encoded(&plain(8, 8), ImageFormat::WebP);
    assert_eq!(&webp[12..16], b"VP8L");
    webp[21..25].copy_from_slice(&[0xfe, 0xbf, 0xff, 0x0f]);
    assert_eq!(refused(&webp).await.1, TOO_MANY_PIXELS, "WebP");
}

/// A GIF whose screen is small and whose frame is huge.
#[tokio::test]
async fn a_huge_frame_in_a_small_gif_is_refused() {
    let mut gif = encoded(&plain(8, 8), ImageFormat::Gif);
    let frame = gif.windows(5).rposition(|bytes| bytes == [0x2c, 0, 0, 0, 0]).unwrap();
    gif[frame + 5..frame + 9].fill(0xff);
    let (field, _) = refused(&gif).await;
    assert_eq!(field, "avatar");
}

/// The decoder would ask for the memory that the head of the chunk speaks of: 4 GiB.
#[tokio::test]
async fn a_webp_with_a_chunk_larger_than_the_file_is_refused() {
    if !has_little_memory("picture_refused::a_webp_with_a_chunk_larger_than_the_file_is_refused") {
        return;
    }
    let [.., (_, mut webp)] = with_exif(&plain(8, 8), &exif(1, ""));
    PictureRules::default().read("avatar", webp.clone()).await.unwrap();
    let chunk = webp.windows(4).rposition(|name| name == b"EXIF").unwrap();
    webp[chunk + 4..chunk + 8].copy_from_slice(&[0xf0, 0xff, 0xff, 0xff]);
    assert_eq!(refused(&webp).await.1, UNREADABLE);
}

#[tokio::test]
async fn an_animation_without_a_frame_is_refused() {
    let mut webp = b"RIFF\x28\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x07\0\0\x07\0\0ANIM\x06\0\0\0".to_vec();
    webp.extend([0; 6]);
    assert_eq!(refused(&webp).await.1, UNREADABLE);
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}
