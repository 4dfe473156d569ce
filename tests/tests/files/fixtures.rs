//! Pictures made by hand, and a look at what lies in a folder.

use std::io::Cursor;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageEncoder, ImageFormat, Rgb, RgbImage};
use model_runtime::Error;

/// A picture of one colour.
pub fn plain(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_pixel(width, height, Rgb([200, 30, 60])).into()
}

/// Red on the left, blue on the right.
pub fn red_and_blue() -> DynamicImage {
    RgbImage::from_fn(32, 16, |x, _| if x < 16 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) }).into()
}

pub fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(&plain(width, height), ImageFormat::Png)
}

/// EXIF data: an orientation, and a description as cameras put the place there.
pub fn exif(orientation: u8, description: &str) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x02\0".to_vec();
    let count = u8::try_from(description.len()).unwrap();
    exif.extend([0x0e, 0x01, 2, 0, count, 0, 0, 0, 38, 0, 0, 0]);
    exif.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    exif.extend([0, 0, 0, 0]);
    exif.extend(description.as_bytes());
    exif
}

/// A JPEG file with an EXIF segment and a comment put in by hand.
pub fn jpeg_with(image: &DynamicImage, exif: &[u8], comment: &str) -> Vec<u8> {
    let jpeg = encoded(image, ImageFormat::Jpeg);
    let segment = |marker: u8, parts: &[&[u8]]| {
        let content = parts.concat();
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], &length[..], &content].concat()
    };
    let exif = segment(0xe1, &[b"Exif\0\0", exif]);
    [&jpeg[..2], &exif, &segment(0xfe, &[comment.as_bytes()]), &jpeg[2..]].concat()
}

/// A file of each format that carries EXIF data.
pub fn with_exif(image: &DynamicImage, exif: &[u8]) -> [(ImageFormat, Vec<u8>); 3] {
    fn write<'b, E: ImageEncoder>(
        encoder: impl FnOnce(Cursor<&'b mut Vec<u8>>) -> E,
        bytes: &'b mut Vec<u8>,
        image: &DynamicImage,
        exif: &[u8],
    ) {
        let mut encoder = encoder(Cursor::new(bytes));
        encoder.set_exif_metadata(exif.to_vec()).unwrap();
        image.write_with_encoder(encoder).unwrap();
    }
    let (mut jpeg, mut png, mut webp) = (Vec::new(), Vec::new(), Vec::new());
    write(JpegEncoder::new, &mut jpeg, image, exif);
    write(PngEncoder::new, &mut png, image, exif);
    write(WebPEncoder::new_lossless, &mut webp, image, exif);
    [(ImageFormat::Jpeg, jpeg), (ImageFormat::Png, png), (ImageFormat::WebP, webp)]
}

pub fn contains(bytes: &[u8], planted: &str) -> bool {
    bytes.windows(planted.len()).any(|window| window == planted.as_bytes())
}

/// The field and the message of a refusal.
pub fn refusal(error: Error) -> (String, String) {
    match error {
        Error::Validation(errors) => match errors.errors() {
            [error] => (error.field.clone(), error.message.clone()),
            errors => panic!("{errors:?}"),
        },
        error => panic!("{error:?}"),
    }
}

/// Every file below a folder, by its path from there, in order.
pub fn files_in(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                found.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, folder, &mut found);
    found.sort();
    found
}
