//! Estates: slabs that look south with the sun between them, lofty blocks, towers, work-unit compounds.

use super::blocks::{Plot, Site};
use super::plan::{self, Land, Rank};
use crate::domain::register::building::Use;
use crate::sample::dice::Dice;
use crate::sample::footprint::Form;
use crate::sample::ground::At;

/// Rows of alike buildings.
struct Rows {
    form: Form,
    depth: f64,
    /// From row to row: the height of a building and a half, so that the sun reaches the ground floor.
    pitch: f64,
    /// Width of one entrance, and how many at most stand in one building.
    entrance: f64,
    most: u16,
    gap: f64,
    floors: u16,
    /// Homes on a floor at one entrance.
    homes: u16,
}

impl Rows {
    fn plot(&self, width: f64, entrances: u16) -> Plot {
        Plot::homes(self.form, (width, self.depth), self.floors, entrances, self.homes)
    }
}

/// Fills a block with the estate of its land use. Returns the greens left open, on the ground.
pub fn fill(site: &mut Site, dice: &mut Dice) -> Vec<Vec<At>> {
    match site.block.land {
        Land::Slabs => slabs(site, dice),
        Land::Lofty => lofty(site, dice),
        Land::Towers => towers(site, dice),
        Land::NewEstate => new_estate(site, dice),
        _ => work_unit(site, dice),
    }
}

fn slabs(site: &mut Site, dice: &mut Dice) -> Vec<Vec<At>> {
    let floors = *dice.pick(&[5, 6, 6, 6, 6]);
    let rows = Rows {
        form: *dice.pick(&[Form::Slab, Form::Stairs, Form::Stairs]),
        depth: dice.within(11.0, 12.6),
        pitch: 12.0 + f64::from(floors) * 4.1,
        entrance: dice.within(13.0, 15.5),
        most: 4,
        gap: 9.0,
        floors,
        homes: *dice.pick(&[2, 3]),
    };
    let (west, east) = shopfronts(site, dice);
    let greens = lay(site, &rows, (west, east), 1, dice);
    gatehouse(site, dice);
    sheds(site, dice, 5);
    greens
}

fn lofty(site: &mut Site, dice: &mut Dice) -> Vec<Vec<At>> {
    let rows = Rows {
        form: *dice.pick(&[Form::Offset, Form::Stairs]),
        depth: dice.within(12.5, 14.0),
        pitch: dice.within(43.0, 47.0),
        entrance: dice.within(16.0, 18.0),
        most: 2,
        gap: 13.0,
        floors: *dice.pick(&[11, 11, 12, 14]),
        homes: 2,
    };
    let greens = lay(site, &rows, (0.0, 0.0), 1, dice);
    gatehouse(site, dice);
    if dice.is_chance(1, 3) {
        kindergarten(site, dice);
    }
    sheds(site, dice, 2);
    greens
}

fn towers(site: &mut Site, dice: &mut Dice) -> Vec<Vec<At>> {
    let rows = Rows {
        form: *dice.pick(&[Form::Cross, Form::Cross, Form::Offset]),
        depth: dice.within(22.0, 25.0),
        pitch: dice.within(48.0, 54.0),
        entrance: dice.within(25.0, 28.0),
        most: 1,
        gap: 17.0,
        floors: *dice.pick(&[18, 18, 20]),
        homes: 3,
    };
    let greens = lay(site, &rows, (0.0, 0.0), 1, dice);
    gatehouse(site, dice);
    kindergarten(site, dice);
    greens
}

fn new_estate(site: &mut Site, dice: &mut Dice) -> Vec<Vec<At>> {
    let rows = Rows {
        form: Form::Offset,
        depth: 14.0,
        pitch: 52.0,
        entrance: 18.0,
        most: 2,
        gap: 30.0,
        floors: 10,
        homes: 2,
    };
    lay(site, &rows, (6.0, 6.0), 1, dice)
}

fn work_unit(site: &mut Site, dice: &mut Dice) -> Vec<Vec<At>> {
    let half = site.block.width() / 2.0;
    let hall = Plot::work(Use::Public, Form::Slab, 32.0, 21.0, 2).named("礼堂");
    let office = Plot::work(Use::Office, Form::Angle, 38.0, 24.0, 4).named("办公楼");
    let canteen = Plot::work(Use::Public, Form::Slab, 24.0, 14.0, 1).named("食堂");
    let wing = half - 24.0;
    site.put_near(office, wing, -site.block.depth() / 2.0 + 18.0);
    site.put_near(hall, wing, 4.0);
    site.put_near(canteen, wing, site.block.depth() / 2.0 - 14.0);
    let rows = Rows {
        form: Form::Slab,
        depth: 11.0,
        pitch: 27.0,
        entrance: 13.0,
        most: 4,
        gap: 8.0,
        floors: *dice.pick(&[4, 5]),
        homes: 2,
    };
    let greens = lay(site, &rows, (0.0, 44.0), 1, dice);
    sheds(site, dice, 5);
    greens
}

/// Lays rows from south to north, `kept` metres of the west and east ends free, with `n_greens` open
/// places in the inner rows.
fn lay(
    site: &mut Site,
    rows: &Rows,
    kept: (f64, f64),
    n_greens: usize,
    dice: &mut Dice,
) -> Vec<Vec<At>> {
    let Some((first, last)) = rows_from_to(site, rows) else { return Vec::new() };
    let room = last - first;
    // A row more where little sun is missing.
    let n_rows = (room / rows.pitch + 0.15).floor() as usize + 1;
    let pitch = if n_rows > 1 { room / (n_rows - 1) as f64 } else { 0.0 };
    let mut places = Vec::new();
    for row in 0..n_rows {
        let y = first + row as f64 * pitch;
        let Some((west, east)) = stretch(site, rows, y) else { continue };
        let (west, east) = (west + kept.0, east - kept.1);
        for (x, width) in share(west, east, rows) {
            places.push((row, x, y, width));
        }
    }
    let mut greens = Vec::new();
    for _ in 0..n_greens {
        let inner: Vec<usize> = (0..places.len())
            .filter(|&idx| n_rows < 3 || (0 < places[idx].0 && places[idx].0 + 1 < n_rows))
            .collect();
        if inner.is_empty() {
            continue;
        }
        let (_, x, y, width) = places.remove(*dice.pick(&inner));
        greens.extend(site.reserve(x, y, width, (pitch * 0.8).clamp(rows.depth, 30.0)));
    }
    for (_, x, y, width) in places {
        put_slab(site, rows, (x, y), width);
    }
    if greens.is_empty() {
        greens.extend(garden(site));
    }
    greens
}

/// A green in the middle of the largest room left, if there is any.
fn garden(site: &mut Site) -> Option<Vec<At>> {
    [(40.0, 26.0), (32.0, 20.0), (24.0, 15.0)].into_iter().find_map(|(width, depth)| {
        let (x, y) = site.reserve_near(0.0, 0.0, width, depth)?;
        let (w, d) = (width / 2.0, depth / 2.0);
        let corners = [(-w, -d), (w, -d), (w, d), (-w, d)];
        Some(corners.iter().map(|(dx, dy)| site.block.local(x + dx, y + dy)).collect())
    })
}

/// Puts one building of a row, moved a little or shorter by an entrance where something stands in its way.
fn put_slab(site: &mut Site, rows: &Rows, (x, y): (f64, f64), width: f64) {
    let entrances = ((width / rows.entrance).round() as u16).clamp(1, rows.most);
    for entrances in (1..=entrances).rev() {
        let width = width.min(rows.entrance * (f64::from(entrances) + 0.4));
        for dx in [0.0, 3.0, -3.0, 6.0, -6.0, 9.0, -9.0] {
            if site.put(rows.plot(width, entrances), x + dx, y, 2.0) {
                return;
            }
        }
    }
}

/// The stretch of x a row whose middle is at `y` may take.
fn stretch(site: &Site, rows: &Rows, y: f64) -> Option<(f64, f64)> {
    site.block.stretch(y - rows.depth / 2.0 - 0.5, y + rows.depth / 2.0 + 2.0)
}

/// Middles of the southernmost and the northernmost row that are not much cut by a bent street.
fn rows_from_to(site: &Site, rows: &Rows) -> Option<(f64, f64)> {
    let half = site.block.depth().ceil() as i32 / 2;
    let is_wide = |y: &f64| {
        stretch(site, rows, *y).is_some_and(|(west, east)| east - west > 0.72 * site.block.width())
    };
    let first = (-half..half).map(f64::from).find(is_wide)?;
    let last = (-half..=half).rev().map(f64::from).find(is_wide)?;
    Some((first, last))
}

/// Middles and widths of the buildings that fill a row from `west` to `east`.
fn share(west: f64, east: f64, rows: &Rows) -> Vec<(f64, f64)> {
    let longest = rows.entrance * f64::from(rows.most);
    let length = east - west;
    if length < rows.entrance * 0.85 {
        return Vec::new();
    }
    let n = ((length + rows.gap) / (longest + rows.gap)).ceil().max(1.0);
    let width = (length - (n - 1.0) * rows.gap) / n;
    if width < rows.entrance * 0.85 {
        // One less, at full length, with wider gaps.
        let gap = (length - (n - 1.0) * longest) / (n - 2.0).max(1.0);
        let start = if n > 2.0 { west } else { (west + east - longest) / 2.0 };
        return (0..n as usize - 1)
            .map(|idx| (start + (longest + gap) * idx as f64 + longest / 2.0, longest))
            .collect();
    }
    (0..n as usize)
        .map(|idx| (west + (width + rows.gap) * idx as f64 + width / 2.0, width))
        .collect()
}

/// Shops of two floors along the streets in the west and east; how much room they took on each side.
fn shopfronts(site: &mut Site, dice: &mut Dice) -> (f64, f64) {
    let (col, row) = site.block.patch;
    let mut front = |line: usize, sign: f64| {
        let is_busy = plan::upright_street(line, row) >= Some(Rank::Road);
        if !is_busy || dice.is_chance(1, 3) {
            return 0.0;
        }
        let mut y = -site.block.depth() / 2.0 + 4.0;
        let mut has_shop = false;
        while y < site.block.depth() / 2.0 - 20.0 {
            let length = dice.within(22.0, 46.0).min(site.block.depth() / 2.0 - 4.0 - y);
            let shop = Plot::work(Use::Commercial, Form::Slab, length, 10.0, 2).upright();
            let edge = site.block.width() / 2.0 - 6.0;
            has_shop |= (0..8).any(|step| {
                site.put(shop, sign * (edge - 1.5 * f64::from(step)), y + length / 2.0, 1.0)
            });
            y += length + dice.within(4.0, 14.0);
        }
        if has_shop { 17.0 } else { 0.0 }
    };
    (front(col, -1.0), front(col + 1, 1.0))
}

fn gatehouse(site: &mut Site, dice: &mut Dice) {
    let plot = Plot::work(Use::Other, Form::Slab, 8.0, 6.0, 1).named("配电室");
    let side = if dice.is_chance(1, 2) { 0.44 } else { -0.44 };
    site.put_near(plot, side * site.block.width(), -0.1 * site.block.depth());
    let plot = Plot::work(Use::Other, Form::Slab, 6.0, 4.0, 1).named("门卫室");
    let x = dice.within(-10.0, 10.0);
    (0..4).any(|step| {
        site.put(plot, x, -site.block.depth() / 2.0 + 3.0 + 2.0 * f64::from(step), 1.0)
    });
}

fn kindergarten(site: &mut Site, dice: &mut Dice) {
    let plot = Plot::work(Use::School, Form::Angle, 30.0, 20.0, 3).named("幼儿园");
    for _ in 0..12 {
        let x = dice.within(-0.4, 0.4) * site.block.width();
        let y = dice.within(-0.4, 0.4) * site.block.depth();
        if site.put(plot, x, y, 12.0) {
            return;
        }
    }
}

/// Bicycle sheds between the rows.
fn sheds(site: &mut Site, dice: &mut Dice, n: usize) {
    let plot = Plot::work(Use::Other, Form::Slab, 17.0, 4.5, 1).named("车棚");
    let mut left = n;
    for _ in 0..14 * n {
        let x = dice.within(-0.45, 0.45) * site.block.width();
        let y = dice.within(-0.45, 0.45) * site.block.depth();
        if left > 0 && site.put(plot, x, y, 3.0) {
            left -= 1;
        }
    }
}
