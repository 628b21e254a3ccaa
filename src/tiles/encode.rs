//! Shapes and properties as bytes: the only file that knows the tile format.
//!
//! Mapbox Vector Tile 2.1, written by hand: protocol buffers are varints and lengths. Takes shapes in
//! whole units with y north, outer rings counter-clockwise, and turns them into what the format
//! wants (y south, outer rings clockwise on the screen).
//!
//! **Why** by hand: the `mvt` crate builds an object a feature and a value before it writes the first
//! byte. It stays as the oracle in the tests below.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::frame::{EXTENT, TilePoint};

/// One property of a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value<'a> {
    /// Text that features share; stored once a layer. Empty text is left out.
    Text(&'a str),
    /// Text only this feature has (a code): stored without looking for it. Empty text is left out.
    Own(&'a str),
    /// A whole number; 0 is left out.
    Number(u32),
}

/// A polygon in whole units: the outer ring counter-clockwise, then holes clockwise; nothing repeated.
pub type TilePolygon = Vec<Vec<TilePoint>>;

/// A tile being written.
#[derive(Debug, Default)]
pub struct TileWriter {
    bytes: Vec<u8>,
}

impl TileWriter {
    /// Adds a layer; one without features leaves no trace.
    pub fn layer<'a>(
        &mut self,
        name: &str,
        fields: &[(&str, &str)],
        draw: impl FnOnce(&mut LayerWriter<'a>),
    ) {
        let mut layer = LayerWriter::default();
        draw(&mut layer);
        if layer.n_features == 0 {
            return;
        }
        let mut head = Vec::with_capacity(64);
        put_number(&mut head, 15, 2);
        put_bytes(&mut head, 1, name.as_bytes());
        let mut tail = Vec::with_capacity(layer.values.len() + 64);
        for (field, _) in fields {
            put_bytes(&mut tail, 3, field.as_bytes());
        }
        tail.extend_from_slice(&layer.values);
        put_number(&mut tail, 5, EXTENT as u64);
        put_key(&mut self.bytes, 3, LENGTH);
        put_varint(&mut self.bytes, (head.len() + layer.features.len() + tail.len()) as u64);
        self.bytes.reserve(head.len() + layer.features.len() + tail.len());
        self.bytes.extend_from_slice(&head);
        self.bytes.extend_from_slice(&layer.features);
        self.bytes.extend_from_slice(&tail);
    }

    /// The whole tile; empty when no layer had a feature.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// One layer being written. `'a` is how long the texts live.
#[derive(Debug, Default)]
pub struct LayerWriter<'a> {
    n_features: usize,
    features: Vec<u8>,
    values: Vec<u8>,
    n_values: u32,
    known: HashMap<Value<'a>, u32, BuildHasherDefault<Mix>>,
    tags: Vec<u8>,
    geometry: Vec<u8>,
}

impl<'a> LayerWriter<'a> {
    /// A feature made of polygons; nothing when there are none. `properties` in the order of the layer's fields.
    pub fn polygons(&mut self, id: u64, polygons: &[TilePolygon], properties: &[Value<'a>]) {
        let mut pen = Pen::new(std::mem::take(&mut self.geometry));
        for ring in polygons.iter().flatten() {
            pen.ring(ring);
        }
        self.feature(id, 3, pen, properties);
    }

    /// A feature made of lines of at least two points each; nothing when there are none.
    pub fn lines(&mut self, id: u64, lines: &[Vec<TilePoint>], properties: &[Value<'a>]) {
        let mut pen = Pen::new(std::mem::take(&mut self.geometry));
        for line in lines {
            pen.line(line);
        }
        self.feature(id, 2, pen, properties);
    }

    /// A feature made of one point.
    pub fn point(&mut self, id: u64, point: TilePoint, properties: &[Value<'a>]) {
        let mut pen = Pen::new(std::mem::take(&mut self.geometry));
        put_varint(&mut pen.bytes, 1 | 1 << 3);
        pen.to(point);
        self.feature(id, 1, pen, properties);
    }

    fn feature(&mut self, id: u64, kind: u64, pen: Pen, properties: &[Value<'a>]) {
        self.geometry = pen.bytes;
        if self.geometry.is_empty() {
            return;
        }
        self.tags.clear();
        for (field, &value) in properties.iter().enumerate() {
            if let Some(value) = self.value(value) {
                put_varint(&mut self.tags, field as u64);
                put_varint(&mut self.tags, u64::from(value));
            }
        }
        let id_length = 1 + varint_length(id);
        let length = id_length + 2 + length_of(self.tags.len()) + length_of(self.geometry.len());
        put_key(&mut self.features, 2, LENGTH);
        put_varint(&mut self.features, length as u64);
        put_number(&mut self.features, 1, id);
        put_bytes(&mut self.features, 2, &self.tags);
        put_number(&mut self.features, 3, kind);
        put_bytes(&mut self.features, 4, &self.geometry);
        self.n_features += 1;
    }

    /// The number of a value in this layer; `None` for what is left out.
    fn value(&mut self, value: Value<'a>) -> Option<u32> {
        match value {
            Value::Text("") | Value::Own("") | Value::Number(0) => return None,
            Value::Own(text) => return Some(self.add_text(text)),
            Value::Text(_) | Value::Number(_) => {}
        }
        if let Some(&known) = self.known.get(&value) {
            return Some(known);
        }
        let number = match value {
            Value::Text(text) | Value::Own(text) => self.add_text(text),
            Value::Number(number) => {
                put_key(&mut self.values, 4, LENGTH);
                put_varint(&mut self.values, 1 + varint_length(u64::from(number)) as u64);
                put_number(&mut self.values, 5, u64::from(number));
                self.n_values += 1;
                self.n_values - 1
            }
        };
        self.known.insert(value, number);
        Some(number)
    }

    fn add_text(&mut self, text: &str) -> u32 {
        put_key(&mut self.values, 4, LENGTH);
        put_varint(&mut self.values, length_of(text.len()) as u64);
        put_bytes(&mut self.values, 1, text.as_bytes());
        self.n_values += 1;
        self.n_values - 1
    }
}

/// Geometry commands with the cursor they are relative to.
struct Pen {
    bytes: Vec<u8>,
    x: i32,
    y: i32,
}

impl Pen {
    fn new(mut bytes: Vec<u8>) -> Self {
        bytes.clear();
        Self { bytes, x: 0, y: 0 }
    }

    #[inline]
    fn to(&mut self, point: TilePoint) {
        let (x, y) = (point.x, EXTENT - point.y);
        put_zigzag(&mut self.bytes, x - self.x);
        put_zigzag(&mut self.bytes, y - self.y);
        (self.x, self.y) = (x, y);
    }

    fn line(&mut self, line: &[TilePoint]) {
        let [first, rest @ ..] = line else { return };
        put_varint(&mut self.bytes, 1 | 1 << 3);
        self.to(*first);
        put_varint(&mut self.bytes, 2 | (rest.len() as u64) << 3);
        rest.iter().for_each(|&point| self.to(point));
    }

    /// Walked backward: y is turned over, and rings with it.
    fn ring(&mut self, ring: &[TilePoint]) {
        let [rest @ .., first] = ring else { return };
        put_varint(&mut self.bytes, 1 | 1 << 3);
        self.to(*first);
        put_varint(&mut self.bytes, 2 | (rest.len() as u64) << 3);
        rest.iter().rev().for_each(|&point| self.to(point));
        put_varint(&mut self.bytes, 15);
    }
}

const LENGTH: u64 = 2;

fn put_key(out: &mut Vec<u8>, field: u64, wire: u64) {
    put_varint(out, field << 3 | wire);
}

fn put_number(out: &mut Vec<u8>, field: u64, number: u64) {
    put_key(out, field, 0);
    put_varint(out, number);
}

fn put_bytes(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    put_key(out, field, LENGTH);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[inline]
fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[inline]
fn put_zigzag(out: &mut Vec<u8>, number: i32) {
    put_varint(out, u64::from((number << 1 ^ number >> 31).cast_unsigned()));
}

fn varint_length(number: u64) -> usize {
    (64 - (number | 1).leading_zeros() as usize).div_ceil(7)
}

/// Bytes of a field below 16 that holds `n` bytes.
fn length_of(n: usize) -> usize {
    1 + varint_length(n as u64) + n
}

/// A hash for the few values of one layer: quick, and nothing hangs on its quality but time.
#[derive(Debug, Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mvt::{GeomEncoder, GeomType, Tile};

    fn point(x: i32, y: i32) -> TilePoint {
        TilePoint { x, y }
    }

    /// The same tile by the `mvt` crate: y turned and rings reversed by hand.
    fn by_oracle() -> Vec<u8> {
        let mut tile = Tile::new(4096);
        let layer = tile.create_layer("grids");
        let ring = [(10, 20), (4000, 20), (4000, 3000)];
        let mut encoder = GeomEncoder::new(GeomType::Polygon);
        for (x, y) in [ring[2], ring[1], ring[0]] {
            encoder.add_point(f64::from(x), f64::from(4096 - y)).unwrap();
        }
        let mut feature = layer.into_feature(encoder.encode().unwrap());
        feature.set_id(70_000);
        feature.add_tag_string("code", "001");
        feature.add_tag_string("name", "第一网格");
        feature.add_tag_uint("floors", 300);
        tile.add_layer(feature.into_layer()).unwrap();
        tile.to_bytes().unwrap()
    }

    fn features(bytes: &[u8]) -> Vec<String> {
        let reader = fast_mvt::MvtReaderRef::new(bytes).unwrap();
        let layers = reader.layers().flat_map(|layer| {
            let name = layer.name().to_owned();
            layer.features().map(move |feature| {
                let properties = feature.properties_vec().unwrap();
                format!(
                    "{name} {:?} {:?} {properties:?}",
                    feature.id(),
                    feature.geometry().unwrap()
                )
            })
        });
        layers.collect()
    }

    #[test]
    fn says_what_the_mvt_crate_says() {
        let mut tile = TileWriter::default();
        tile.layer("nothing", &[("code", "String")], |_| {});
        let fields = [("code", "String"), ("name", "String"), ("floors", "Number")];
        tile.layer("grids", &fields, |layer| {
            let ring = vec![point(10, 20), point(4000, 20), point(4000, 3000)];
            let properties = [Value::Own("001"), Value::Text("第一网格"), Value::Number(300)];
            layer.polygons(70_000, &[vec![ring]], &properties);
            layer.polygons(3, &[], &properties);
        });
        let bytes = tile.finish();
        assert_eq!(features(&bytes), features(&by_oracle()));
        assert_eq!(features(&bytes).len(), 1);
    }

    #[test]
    fn lines_points_and_shared_values() {
        let mut tile = TileWriter::default();
        tile.layer("labels", &[("name", "String")], |layer| {
            layer.point(1, point(0, 4096), &[Value::Text("a")]);
            layer.point(2, point(-64, -64), &[Value::Text("a")]);
            layer.lines(3, &[vec![point(0, 0), point(5, 5)]], &[Value::Text("")]);
        });
        let bytes = tile.finish();
        let found = features(&bytes);
        assert!(found[0].contains("(0 0)") || found[0].contains("x: 0, y: 0"), "{}", found[0]);
        assert_eq!(found.len(), 3);
        assert_eq!(
            bytes.iter().filter(|&&byte| byte == b'a').count(),
            3,
            "labels, name, one value"
        );
    }

    #[test]
    fn numbers_have_their_lengths() {
        for number in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), u64::MAX] {
            let mut out = Vec::new();
            put_varint(&mut out, number);
            assert_eq!(out.len(), varint_length(number));
        }
    }
}
