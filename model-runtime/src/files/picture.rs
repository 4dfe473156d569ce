//! What makes an upload a picture: its content is decoded and written anew, so that nothing but pixels is left.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use tokio::sync::Semaphore;

use crate::error::{Error, Result, ValidationErrors};

/// Pictures that are decoded at the same time. Each can take as much memory as the largest picture that is allowed.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// The most that a decoded pixel takes, in bytes: four channels of 16 bits.
const PIXEL: u64 = 8;

/// Quality of JPEG, of 100.
const JPEG_QUALITY: u8 = 90;

/// What an upload must be to become a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureRules {
    /// The largest upload, in bytes.
    pub max_bytes: usize,
    /// The largest width and height, in pixels.
    pub max_side: u32,
}

impl Default for PictureRules {
    /// 5 MiB, 4096 pixels.
    fn default() -> Self {
        Self { max_bytes: 5 * 1024 * 1024, max_side: 4096 }
    }
}

/// A picture written anew: pixels, and no metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file's content.
    pub bytes: Vec<u8>,
    /// What it is: `image/png`.
    pub content_type: &'static str,
    /// The extension of its name: `png`.
    pub extension: &'static str,
}

impl PictureRules {
    /// Makes an upload a picture. What it is, its content says: PNG, JPEG and WebP stay so, the first frame of a GIF
    /// becomes a PNG. It is turned as its EXIF data says; these, comments, profiles and all that is no pixel go.
    ///
    /// The work is done on a blocking thread, for four uploads at a time.
    ///
    /// # Errors
    /// [`Error::Validation`] naming `field` where the upload is too large, has too many pixels, or is none of these.
    ///
    /// ```
    /// use model_runtime::files::PictureRules;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let error = PictureRules::default().read("avatar", "<svg/>").await.unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "upload is not valid: avatar is no picture that can be read; use a PNG, JPEG, WebP or GIF file"
    /// );
    /// # }
    /// ```
    pub async fn read(self, field: &str, upload: impl Into<Vec<u8>> + Send) -> Result<Picture> {
        let upload = upload.into();
        if upload.len() > self.max_bytes {
            let (size, most) = (upload.len(), self.max_bytes);
            return Err(invalid(field, format!("has {size} bytes, {most} are allowed; use a smaller file")));
        }
        // The permit goes along, so that it is held for as long as the work takes. The semaphore is never closed.
        let permit = AT_ONCE.acquire().await;
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            self.rewrite(&upload)
        });
        match work.await {
            Ok(result) => result.map_err(|fault| invalid(field, fault.message(self))),
            Err(error) if error.is_panic() => Err(invalid(field, Fault::Unreadable.message(self))),
            Err(error) => Err(Error::Storage(error.into())),
        }
    }

    fn rewrite(self, upload: &[u8]) -> Result<Picture, Fault> {
        let mut reader = ImageReader::new(Cursor::new(upload)).with_guessed_format().map_err(unreadable)?;
        let side = u64::from(self.max_side);
        let mut limits = Limits::default();
        limits.max_image_width = Some(self.max_side);
        limits.max_image_height = Some(self.max_side);
        limits.max_alloc = Some(side.saturating_mul(side).saturating_mul(PIXEL));
        reader.limits(limits);
        let format = reader.format().ok_or(Fault::Unreadable)?;
        if format == ImageFormat::WebP && overstates(upload) {
            return Err(Fault::Unreadable);
        }

        let mut decoder = reader.into_decoder()?;
        let orientation = decoder.orientation()?;
        let mut image = DynamicImage::from_decoder(decoder)?;
        image.apply_orientation(orientation);
        write(&image, format)
    }
}

/// Whether a WebP file has a chunk of metadata that is larger than the file, by its head. The decoder would ask for
/// that much memory, and limits do not hold there.
fn overstates(webp: &[u8]) -> bool {
    let mut rest = webp.get(12..).unwrap_or_default();
    while let Some(([a, b, c, d, size @ ..], content)) = rest.split_first_chunk::<8>() {
        let size = u32::from_le_bytes(*size) as usize;
        if size > content.len() && matches!(&[*a, *b, *c, *d], b"EXIF" | b"ANIM") {
            return true;
        }
        rest = content.get(size.saturating_add(size % 2)..).unwrap_or_default();
    }
    false
}

fn write(image: &DynamicImage, format: ImageFormat) -> Result<Picture, Fault> {
    let mut bytes = Cursor::new(Vec::new());
    let (content_type, extension) = match format {
        ImageFormat::Jpeg => {
            image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))?;
            ("image/jpeg", "jpg")
        }
        ImageFormat::WebP => {
            image.write_to(&mut bytes, ImageFormat::WebP)?;
            ("image/webp", "webp")
        }
        _ => {
            image.write_to(&mut bytes, ImageFormat::Png)?;
            ("image/png", "png")
        }
    };
    Ok(Picture { bytes: bytes.into_inner(), content_type, extension })
}

/// Why an upload is refused.
enum Fault {
    Unreadable,
    TooManyPixels,
}

impl Fault {
    /// What to tell the user. What the decoder says is not for them.
    fn message(&self, rules: PictureRules) -> String {
        match self {
            Self::Unreadable => {
                "is no picture that can be read; use a PNG, JPEG, WebP or GIF file".to_owned()
            }
            Self::TooManyPixels => {
                let side = rules.max_side;
                format!("has more than {side} × {side} pixels; use a smaller picture")
            }
        }
    }
}

impl From<ImageError> for Fault {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooManyPixels,
            _ => Self::Unreadable,
        }
    }
}

fn unreadable(_: std::io::Error) -> Fault {
    Fault::Unreadable
}

fn invalid(field: &str, why: String) -> Error {
    let mut errors = ValidationErrors::new("upload");
    errors.add(field, why);
    Error::Validation(errors)
}
