//! Numbers, texts and pins ↔ bytes: what the shapes and records of this codec are spelled with.
//!
//! Whole numbers are LEB128 varints, signed ones zigzagged first; a pin is the difference from the pin
//! before it. A value begins with one byte for its kind and one for the version of the spelling.
//!
//! **Why** counts are checked against the bytes that are left before anything is reserved: a damaged
//! length must not reserve gigabytes.

use thiserror::Error;

use crate::domain::ids::Code;
use crate::domain::place::Pin;

/// Version of the spelling; earlier ones are read beside it, never instead of it. Version 2 knows locked
/// and detached grids and declared crossings, version 3 the life of plans and what grids came from.
const VERSION: u8 = 4;

/// What a value is: its first byte, so that a value in the wrong column is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Footprint = 0xC1,
    Feature = 0xC2,
    Cut = 0xC3,
    AreaGround = 0xC4,
    Issues = 0xC5,
    Texts = 0xC6,
    Areas = 0xC7,
    Plan = 0xC8,
    Grid = 0xC9,
    Number = 0xCA,
    Text = 0xCB,
    Colors = 0xCC,
    Did = 0xCD,
    Grids = 0xCE,
    AreaEra = 0xCF,
}

/// Why bytes are not a value of ours. Holds no part of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CodecError {
    #[error("the value is of another kind")]
    Kind,
    #[error("the value is spelled in version {0}, which is not known")]
    Version(u8),
    #[error("the value ends too early")]
    Short,
    #[error("the value goes on after its end")]
    Long,
    #[error("a number is out of its range")]
    Number,
    #[error("a text is not UTF-8")]
    Text,
    #[error("{0} is not one we know")]
    Unknown(&'static str),
}

/// Spells one value.
pub struct Writer {
    bytes: Vec<u8>,
    last: Pin,
}

impl Writer {
    pub fn new(kind: Kind) -> Self {
        Self { bytes: vec![kind as u8, VERSION], last: Pin::default() }
    }

    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    /// How many entries follow.
    pub fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    pub fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)) as u64);
    }

    /// Absent is 0, so a present number is one more than itself.
    pub fn maybe(&mut self, number: Option<u32>) {
        self.number(number.map_or(0, |number| u64::from(number) + 1));
    }

    pub fn float(&mut self, number: f64) {
        self.bytes.extend_from_slice(&number.to_bits().to_le_bytes());
    }

    pub fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub fn pin(&mut self, pin: Pin) {
        // Differences of i32 fit an i64 with room to spare.
        self.signed(i64::from(pin.x) - i64::from(self.last.x));
        self.signed(i64::from(pin.y) - i64::from(self.last.y));
        self.last = pin;
    }

    pub fn pins(&mut self, pins: &[Pin]) {
        self.count(pins.len());
        pins.iter().for_each(|&pin| self.pin(pin));
    }
}

/// Reads one value back. Total: any bytes give a value or a [`CodecError`].
pub struct Reader<'a> {
    rest: &'a [u8],
    last: Pin,
    /// In which version the value is spelled.
    pub version: u8,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8], kind: Kind) -> Result<Self, CodecError> {
        match bytes {
            [first, version @ 1..=VERSION, rest @ ..] if *first == kind as u8 => {
                Ok(Self { rest, last: Pin::default(), version: *version })
            }
            [first, version, ..] if *first == kind as u8 => Err(CodecError::Version(*version)),
            [] => Err(CodecError::Short),
            _ => Err(CodecError::Kind),
        }
    }

    /// The value must end here.
    pub fn finish(self) -> Result<(), CodecError> {
        if self.rest.is_empty() { Ok(()) } else { Err(CodecError::Long) }
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], CodecError> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(CodecError::Short)?;
        self.rest = rest;
        Ok(taken)
    }

    pub fn byte(&mut self) -> Result<u8, CodecError> {
        Ok(self.take(1)?[0])
    }

    pub fn number(&mut self) -> Result<u64, CodecError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7F);
            if shift == 63 && part > 1 {
                return Err(CodecError::Number);
            }
            number |= part << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(CodecError::Number)
    }

    pub fn number32(&mut self) -> Result<u32, CodecError> {
        u32::try_from(self.number()?).map_err(|_| CodecError::Number)
    }

    /// How many entries follow, when each takes at least `least` bytes: never more than can be there.
    pub fn count(&mut self, least: usize) -> Result<usize, CodecError> {
        let count = usize::try_from(self.number()?).map_err(|_| CodecError::Number)?;
        if count > self.rest.len() / least { Err(CodecError::Short) } else { Ok(count) }
    }

    pub fn signed(&mut self) -> Result<i64, CodecError> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub fn maybe(&mut self) -> Result<Option<u32>, CodecError> {
        match self.number()? {
            0 => Ok(None),
            more => u32::try_from(more - 1).map(Some).map_err(|_| CodecError::Number),
        }
    }

    pub fn float(&mut self) -> Result<f64, CodecError> {
        let bytes = self.take(8)?.try_into().expect("eight bytes were taken");
        Ok(f64::from_bits(u64::from_le_bytes(bytes)))
    }

    pub fn text(&mut self) -> Result<&'a str, CodecError> {
        let len = self.count(1)?;
        std::str::from_utf8(self.take(len)?).map_err(|_| CodecError::Text)
    }

    pub fn code(&mut self) -> Result<Code, CodecError> {
        Code::new(self.text()?).ok_or(CodecError::Unknown("code"))
    }

    pub fn pin(&mut self) -> Result<Pin, CodecError> {
        let pin = Pin::new(self.along(self.last.x)?, self.along(self.last.y)?);
        self.last = pin;
        Ok(pin)
    }

    fn along(&mut self, last: i32) -> Result<i32, CodecError> {
        let sum = i64::from(last).checked_add(self.signed()?).ok_or(CodecError::Number)?;
        i32::try_from(sum).map_err(|_| CodecError::Number)
    }

    pub fn pins(&mut self) -> Result<Vec<Pin>, CodecError> {
        self.list(2, Self::pin)
    }

    /// As many values as the count that stands here, each at least `least` bytes long.
    pub fn list<T>(
        &mut self,
        least: usize,
        mut one: impl FnMut(&mut Self) -> Result<T, CodecError>,
    ) -> Result<Vec<T>, CodecError> {
        let count = self.count(least)?;
        let mut list = Vec::with_capacity(count);
        for _ in 0..count {
            list.push(one(self)?);
        }
        Ok(list)
    }
}
