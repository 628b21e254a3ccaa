//! Bytes to text: byte order marks, UTF-8, UTF-16, GB18030; and what is no text at all.
//!
//! **Why** no statistical guessing: UTF-8 proves itself, a byte order mark states itself, and what is
//! left in this country is GB18030, which holds GBK and GB2312. A file that is UTF-8 but for a few
//! damaged bytes stays UTF-8: read as GB18030 all of it would turn into other characters.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

use super::sheet::ImportError;

/// How the bytes of a file spell characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf8Bom,
    Utf16Le,
    Utf16Be,
    Gb18030,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Bom => "UTF-8 with BOM",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Gb18030 => "GB18030",
        })
    }
}

/// The text of a file, without its byte order mark.
#[derive(Debug)]
pub struct Text<'a> {
    pub text: Cow<'a, str>,
    pub encoding: Encoding,
    /// Damaged places replaced by U+FFFD.
    pub n_mended: u64,
}

/// Beginnings of files that people take for tables.
const BINARY: [(&[u8], &str); 8] = [
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xD0\xCF\x11\xE0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1F\x8B", "a gzip archive"),
    (b"SQLite format 3", "a GeoPackage or SQLite database"),
    (b"\x00\x00\x27\x0A", "a shapefile"),
    (b"\x89PNG", "a picture"),
    (b"\xFF\xD8\xFF", "a picture"),
];

/// The text in `bytes`. Borrowed where the bytes are UTF-8 already.
pub fn decode(bytes: &[u8]) -> Result<Text<'_>, ImportError> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return utf8(rest, Encoding::Utf8Bom);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return other(rest, UTF_16LE, Encoding::Utf16Le);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return other(rest, UTF_16BE, Encoding::Utf16Be);
    }
    if let Some((_, what)) = BINARY.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(ImportError::Binary { what });
    }
    utf8(bytes, Encoding::Utf8)
}

fn utf8(bytes: &[u8], encoding: Encoding) -> Result<Text<'_>, ImportError> {
    if bytes[..bytes.len().min(1 << 16)].contains(&0) {
        return Err(ImportError::Binary { what: "a binary file" });
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => full(Text { text: Cow::Borrowed(text), encoding, n_mended: 0 }),
        Err(_) if encoding == Encoding::Utf8 && !is_nearly_utf8(bytes) => {
            other(bytes, GB18030, Encoding::Gb18030)
        }
        Err(_) => {
            let n_mended = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
            let text = String::from_utf8_lossy(bytes);
            full(Text { text, encoding, n_mended: n_mended as u64 })
        }
    }
}

fn other<'a>(
    bytes: &'a [u8],
    codec: &'static encoding_rs::Encoding,
    encoding: Encoding,
) -> Result<Text<'a>, ImportError> {
    let (text, had_errors) = codec.decode_without_bom_handling(bytes);
    if !had_errors {
        return full(Text { text, encoding, n_mended: 0 });
    }
    // A damaged cell or two is a file with faults; more is another encoding.
    let n_mended = text.chars().filter(|&c| c == char::REPLACEMENT_CHARACTER).count();
    let n_wide = text.chars().filter(|c| !c.is_ascii()).count();
    if n_mended * 20 > n_wide {
        return Err(ImportError::Encoding);
    }
    full(Text { text, encoding, n_mended: n_mended as u64 })
}

fn full(text: Text<'_>) -> Result<Text<'_>, ImportError> {
    if text.text.trim().is_empty() { Err(ImportError::Empty) } else { Ok(text) }
}

/// Whether well-formed characters beyond ASCII far outnumber the damaged places.
fn is_nearly_utf8(bytes: &[u8]) -> bool {
    let (mut n_wide, mut n_damaged) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        n_wide += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        n_damaged += usize::from(!chunk.invalid().is_empty());
    }
    n_wide > 20 * n_damaged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Result<(&str, Encoding), &str>) {
        let found = decode(bytes);
        let found = match &found {
            Ok(text) => Ok((text.text.as_ref(), text.encoding)),
            Err(error) => Err(error.code()),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn encodings_are_told_apart() {
        check("编码,名称".as_bytes(), Ok(("编码,名称", Encoding::Utf8)));
        check("\u{FEFF}编码".as_bytes(), Ok(("编码", Encoding::Utf8Bom)));
        check(b"\xB1\xE0\xC2\xEB", Ok(("编码", Encoding::Gb18030)));
        check(b"\xFF\xFE\x16\x7F\x01\x78", Ok(("编码", Encoding::Utf16Le)));
        check(b"\xFE\xFF\x7F\x16\x78\x01", Ok(("编码", Encoding::Utf16Be)));
    }

    #[test]
    fn what_is_no_text_is_named() {
        check(b"", Err("file.empty"));
        check(b"\xEF\xBB\xBF \r\n", Err("file.empty"));
        check(b"PK\x03\x04rest", Err("file.binary"));
        check(b"a,b\0c", Err("file.binary"));
        check(b"\xFF\xFF\xFF\xFF\xFF", Err("file.encoding"));
    }

    #[test]
    fn a_damaged_character_does_not_change_the_encoding() {
        let mut bytes = "楼栋编码,小区名称,户数,地址".repeat(4).into_bytes();
        bytes.push(0xE4);
        let text = decode(&bytes).expect("still text");
        assert_eq!((text.encoding, text.n_mended), (Encoding::Utf8, 1));
    }
}
