//! The drawing board: lines, land uses, streets, communities and grids of the demo town as text.
//!
//! Maps are drawn with north at the top, one letter a patch between two lines. Rows of patches and
//! lines are numbered from the south, columns from the west.
//!
//! **Why** drawings: whoever wants another town edits a letter and looks at the map.

/// Eastings of the upright lines in metres.
pub const COLS: [f64; 16] = [
    0.0, 165.0, 330.0, 490.0, 650.0, 800.0, 950.0, 1100.0, 1250.0, 1400.0, 1550.0, 1715.0, 1880.0,
    2045.0, 2210.0, 2400.0,
];

/// Northings of the level lines in metres.
pub const ROWS: [f64; 16] = [
    0.0, 165.0, 330.0, 495.0, 660.0, 815.0, 900.0, 985.0, 1130.0, 1275.0, 1420.0, 1565.0, 1725.0,
    1885.0, 2010.0, 2160.0,
];

/// The level lines that are no street.
pub const RIVER_LINE: usize = 6;
pub const RAIL_LINE: usize = 14;
pub const RIVER_Y: f64 = ROWS[RIVER_LINE];

/// What a patch is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Land {
    /// Not part of the town.
    Outside,
    /// Rows of slabs of five and six floors.
    Slabs,
    /// Newer estates of eleven floors.
    Lofty,
    Towers,
    /// Compounds of work units: low slabs, a hall.
    WorkUnit,
    /// Lanes and courtyards.
    OldTown,
    /// Market street in the old town.
    Market,
    /// Urban village.
    Village,
    Center,
    School,
    Hospital,
    Park,
    Factory,
    Storage,
    Station,
    Office,
    Stadium,
    RiverBank,
    /// The new estate no grid covers.
    NewEstate,
}

const LAND: [&str; 15] = [
    "--------FFFFW--",
    "SSDDWKKKKWFFSS-",
    "SSSESCCCSDDFSS-",
    "SLSSSHHSSDESSS-",
    "SLLSOOOOOOCLLS-",
    "LESLOOOOOOCCLB-",
    "LSSLMMMMMMCSES-",
    "LLGSOOOOOOGSSL-",
    "RRRRRRRRRRRRRR-",
    "RRRRRRRRRRRRRR-",
    "SSLTTCGCCTTLLS-",
    "VSELTCPPCTLESSN",
    "VVSLLTPPTLBSHSN",
    "VVVSELLLLSSSSS-",
    "VVSSSLGELSSESS-",
];

const COMMUNITIES: [&str; 15] = [
    "--------hhhhh--",
    "fffgggggghhhhh-",
    "fffgggggghhhhh-",
    "fffgggggghhhhh-",
    "aaaacccdddeeee-",
    "aaaacccdddeeee-",
    "aaaacccdddeeee-",
    "aaaacccdddeeee-",
    "aaaacccdddeeee-",
    "iijjjkkkklllmm-",
    "iijjjkkkklllmm-",
    "iijjjkkkklllmmm",
    "iijjjkkkklllmmm",
    "iibbkkkknnnnnn-",
    "bbbbkkkknnnnnn-",
];

/// Grids by a letter within their community: `O` is too large, `T` tiny, `P` empty, `F` industrial;
/// `.` is ground that no grid covers. Sized by the households that live there.
const GRIDS: [&str; 15] = [
    "--------FFFFF--",
    "511T5111411124-",
    "52125111411124-",
    "34425111355533-",
    "9A433333333364-",
    "8A261424128884-",
    "8A161424129977-",
    "75551424121152-",
    "75551424121152-",
    "77671225554411-",
    "77671225554411-",
    "522212PP562143.",
    "643542PP532122.",
    "1365113674OO15-",
    "41234436623885-",
];

/// A line's streets, one letter a segment: Avenue, Road, Rank, Lane; `-` for none.
/// Level lines, the northernmost first; segments from west to east.
const LEVEL_STREETS: [&str; 16] = [
    "--------SSSSS--",
    "---------------",
    "AAAAAAAAAAAAAA-",
    "SSSLLSSSSLSSLS-",
    "AAAAAAAAAAAAAA-",
    "LSLSLLLLLLSLSS-",
    "RRRRRRRRRRRRRR-",
    "LSSLSSSSSSSLSS-",
    "RRRRRRRRRRRRRR-",
    "---------------",
    "RRRRRRRRRRRRRR-",
    "AAAAAAAAAAAAAAS",
    "SSSLSS--SSSSSLL",
    "RRRRRRRRRRRRRRS",
    "LLSSSLSSLSSLSS-",
    "AAAAAAAAAAAAAA-",
];

/// Upright lines from the west; segments from south to north.
const UPRIGHT_STREETS: [&str; 16] = [
    "AAAAAAAAAAAAA--",
    "LLSSS--LSSSLSS-",
    "RRRRR--RRRRRRR-",
    "SLSLS--SLSLSSS-",
    "AAAAAAAAAAAAAA-",
    "SSSSS--LLLLSS--",
    "SSRRR--LLLLSS--",
    "SS--SRRRRRRRR--",
    "SSRRR--LLLLSSS-",
    "LSSSS--LLLLSSS-",
    "AAAAAAAAAAAAAAA",
    "SLSLS--SLSSSS--",
    "RRRRR--RRRRRRR-",
    "SLSSS--SSLSSSS-",
    "AAAAAAAAAAAAA--",
    "--SS-----------",
];

/// Rank of a street on the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Lane,
    Street,
    Road,
    Avenue,
}

/// What is at column `col` of the `row`-th row from the south of a drawing with `rows` rows.
fn letter(drawing: &[&str], col: usize, row: usize) -> u8 {
    drawing[drawing.len() - 1 - row].as_bytes()[col]
}

pub fn land(col: usize, row: usize) -> Land {
    match letter(&LAND, col, row) {
        b'S' => Land::Slabs,
        b'L' => Land::Lofty,
        b'T' => Land::Towers,
        b'D' => Land::WorkUnit,
        b'O' => Land::OldTown,
        b'M' => Land::Market,
        b'V' => Land::Village,
        b'C' => Land::Center,
        b'E' => Land::School,
        b'H' => Land::Hospital,
        b'P' => Land::Park,
        b'F' => Land::Factory,
        b'W' => Land::Storage,
        b'K' => Land::Station,
        b'G' => Land::Office,
        b'B' => Land::Stadium,
        b'R' => Land::RiverBank,
        b'N' => Land::NewEstate,
        _ => Land::Outside,
    }
}

/// Letter of the community of a patch; `None` outside the town.
pub fn community(col: usize, row: usize) -> Option<char> {
    let letter = letter(&COMMUNITIES, col, row);
    letter.is_ascii_lowercase().then_some(char::from(letter))
}

/// Letter of the grid of a patch within its community; `None` where no grid is.
pub fn grid(col: usize, row: usize) -> Option<char> {
    let letter = letter(&GRIDS, col, row);
    letter.is_ascii_alphanumeric().then_some(char::from(letter))
}

/// The street on level line `line` along column `col`.
pub fn level_street(line: usize, col: usize) -> Option<Rank> {
    street(letter(&LEVEL_STREETS, col, line))
}

/// The street on upright line `line` along row `row`.
pub fn upright_street(line: usize, row: usize) -> Option<Rank> {
    street(UPRIGHT_STREETS[line].as_bytes()[row])
}

fn street(letter: u8) -> Option<Rank> {
    match letter {
        b'A' => Some(Rank::Avenue),
        b'R' => Some(Rank::Road),
        b'S' => Some(Rank::Street),
        b'L' => Some(Rank::Lane),
        _ => None,
    }
}
