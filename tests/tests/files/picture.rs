//! What becomes of a picture: its pixels stay, and nothing else does.

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageBuffer, ImageFormat, Rgb, Rgba, RgbaImage};
use model_runtime::files::{Picture, PictureRules};

use super::fixtures::{contains, encoded, exif, jpeg_with, plain, png, red_and_blue, with_exif};

const PLANTED: &str = "52.5163 N 13.3777 E";

async fn read(upload: Vec<u8>) -> Picture {
    PictureRules::default().read("avatar", upload).await.unwrap()
}

fn decoded(picture: &Picture) -> DynamicImage {
    image::load_from_memory(&picture.bytes).unwrap()
}

#[tokio::test]
async fn its_content_says_what_it_is() {
    let image = red_and_blue();
    for (format, content_type, extension) in [
        (ImageFormat::Png, "image/png", "png"),
        (ImageFormat::Jpeg, "image/jpeg", "jpg"),
        (ImageFormat::WebP, "image/webp", "webp"),
        (ImageFormat::Gif, "image/png", "png"),
    ] {
        let picture = read(encoded(&image, format)).await;
        assert_eq!((picture.content_type, picture.extension), (content_type, extension), "{format:?}");
        let written = image::guess_format(&picture.bytes).unwrap();
        assert_eq!(written.to_mime_type(), content_type);
        let pixels = decoded(&picture).to_rgb8();
        assert_eq!(pixels.dimensions(), (32, 16));
        if format != ImageFormat::Jpeg {
            assert_eq!(pixels, image.to_rgb8(), "{format:?}");
        }
    }
}

#[tokio::test]
async fn depth_and_transparency_stay() {
    let clear = RgbaImage::from_fn(8, 8, |x, y| Rgba([9, 8, 7, u8::try_from(x * 8 + y).unwrap()]));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let picture = read(encoded(&clear.clone().into(), format)).await;
        assert_eq!(decoded(&picture).to_rgba8(), clear, "{format:?}");
    }
    let deep = DynamicImage::ImageRgb16(ImageBuffer::from_pixel(4, 4, Rgb([1, 300, 65_535])));
    assert_eq!(decoded(&read(encoded(&deep, ImageFormat::Png)).await), deep);
    let grey = DynamicImage::ImageLuma8(plain(4, 4).to_luma8());
    assert_eq!(decoded(&read(encoded(&grey, ImageFormat::Jpeg)).await).color(), image::ColorType::L8);
}

#[tokio::test]
async fn metadata_goes() {
    let upload = jpeg_with(&plain(16, 16), &exif(1, PLANTED), "<?php planted(); ?>");
    assert!(contains(&upload, PLANTED) && contains(&upload, "planted()"));
    let picture = read(upload).await;
    assert!(!contains(&picture.bytes, PLANTED) && !contains(&picture.bytes, "planted()"));
    assert!(!contains(&picture.bytes, "Exif"));

    for (format, upload) in with_exif(&plain(16, 16), &exif(1, PLANTED)) {
        assert!(contains(&upload, PLANTED), "{format:?}");
        assert!(!contains(&read(upload).await.bytes, PLANTED), "{format:?}");
    }
}

#[tokio::test]
async fn what_follows_the_picture_goes() {
    let image = red_and_blue();
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
        let mut upload = encoded(&image, format);
        upload.extend(b"*/=1;</style><script>alert(document.cookie)</script>");
        let picture = read(upload).await;
        assert!(!contains(&picture.bytes, "alert"), "{format:?}");
        assert_eq!(decoded(&picture).to_rgb8().dimensions(), (32, 16), "{format:?}");
    }
}

/// A GIF that is a script too: its width reads as the start of a comment that ends after the picture.
#[tokio::test]
async fn a_script_that_is_a_gif_too_is_a_script_no_more() {
    let wide = u32::from(u16::from_le_bytes(*b"/*"));
    let image = plain(wide, 1);
    let mut upload = encoded(&image, ImageFormat::Gif);
    assert!(upload.starts_with(b"GIF89a/*"));
    upload.extend(b"*/=1;alert(document.cookie)");
    let rules = PictureRules { max_side: wide, ..PictureRules::default() };
    let picture = rules.read("avatar", upload).await.unwrap();
    assert!(picture.bytes.starts_with(b"\x89PNG"));
    assert!(!contains(&picture.bytes, "alert"));
}

#[tokio::test]
async fn it_is_turned_as_its_exif_data_says() {
    for (format, upload) in with_exif(&red_and_blue(), &exif(6, "")) {
        let turned = decoded(&read(upload).await).to_rgb8();
        assert_eq!(turned.dimensions(), (16, 32), "{format:?}");
        let (top, bottom) = (turned.get_pixel(8, 4), turned.get_pixel(8, 28));
        assert!(top[0] > 200 && top[2] < 60, "{format:?} {top:?}");
        assert!(bottom[2] > 200 && bottom[0] < 60, "{format:?} {bottom:?}");
    }
    let by_hand = jpeg_with(&red_and_blue(), &exif(3, ""), "");
    let turned = decoded(&read(by_hand).await).to_rgb8();
    let (left, right) = (turned.get_pixel(4, 8), turned.get_pixel(28, 8));
    assert!(left[2] > 200 && right[0] > 200, "{left:?} {right:?}");
}

#[tokio::test]
async fn of_an_animation_the_first_frame_is_kept() {
    let frame = |grey: u8| Frame::new(RgbaImage::from_pixel(6, 6, Rgba([grey, grey, grey, 255])));
    let mut upload = Vec::new();
    GifEncoder::new(&mut upload).encode_frames([frame(0), frame(255)]).unwrap();
    let picture = read(upload).await;
    assert_eq!(decoded(&picture).to_rgba8(), *frame(0).buffer());
}

#[tokio::test]
async fn the_limits_themselves_are_allowed() {
    let rules = PictureRules { max_side: 16, ..PictureRules::default() };
    rules.read("avatar", png(16, 16)).await.unwrap();
    let upload = png(16, 16);
    let rules = PictureRules { max_bytes: upload.len(), ..rules };
    rules.read("avatar", upload).await.unwrap();
}
