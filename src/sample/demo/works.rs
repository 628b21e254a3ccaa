//! Where people learn, heal, work, buy and travel: schools, hospital, factory, stores, station, offices.

use super::blocks::{Draft, Plot, Site};
use super::estates::put_near;
use super::plan::{COLS, Land, ROWS};
use super::warp;
use crate::domain::register::building::Use;
use crate::sample::dice::Dice;
use crate::sample::footprint::Form;
use crate::sample::ground::{At, at};

const fn work(usage: Use, form: Form, size: (f64, f64), floors: u16, name: &'static str) -> Plot {
    Plot::work(usage, form, size.0, size.1, floors).named(name)
}

/// Fills a block with the works of its land use. Returns its sports fields, on the ground.
pub fn fill(site: &mut Site, dice: &mut Dice) -> Vec<Vec<At>> {
    match site.block.land {
        Land::School => return school(site, dice).into_iter().collect(),
        Land::Stadium => return stadium(site).into_iter().collect(),
        Land::Hospital => hospital(site),
        Land::Factory => factory(site, dice),
        Land::Storage => storage(site),
        Land::Station => station(site),
        Land::Office => office(site),
        _ => center(site, dice),
    }
    Vec::new()
}

fn school(site: &mut Site, dice: &mut Dice) -> Option<Vec<At>> {
    let (w, d) = (site.block.width() / 2.0, site.block.depth() / 2.0);
    let side = if dice.is_chance(1, 2) { 1.0 } else { -1.0 };
    let track = field(site, side * (w - 34.0), 0.0, (46.0, 84.0));
    put_near(
        site,
        work(Use::School, Form::Yard, (58.0, 40.0), 4, "教学楼"),
        -side * (w - 36.0),
        -d * 0.45,
    );
    put_near(
        site,
        work(Use::School, Form::Slab, (52.0, 13.0), 4, "实验楼"),
        -side * (w - 34.0),
        d * 0.2,
    );
    put_near(
        site,
        work(Use::School, Form::Slab, (30.0, 22.0), 2, "体育馆"),
        -side * (w - 22.0),
        d * 0.68,
    );
    put_near(
        site,
        work(Use::School, Form::Slab, (18.0, 12.0), 2, "食堂"),
        -side * (w - 54.0),
        d * 0.72,
    );
    track
}

/// A running track, kept free: sixteen corners of an oval.
fn field(site: &mut Site, x: f64, y: f64, (width, depth): (f64, f64)) -> Option<Vec<At>> {
    site.reserve(x, y, width, depth)?;
    let oval = (0..16).map(|idx| {
        let (sin, cos) = (f64::from(idx) * std::f64::consts::TAU / 16.0).sin_cos();
        let long = (depth - width) / 2.0;
        let end = if sin.abs() < 0.1 { 0.0 } else { long * sin.signum() };
        site.block.local(x + cos * width / 2.0, y + end + sin * width / 2.0)
    });
    Some(oval.collect())
}

fn hospital(site: &mut Site) {
    let (w, d) = (site.block.width() / 2.0, site.block.depth() / 2.0);
    put_near(site, work(Use::Hospital, Form::Yard, (84.0, 38.0), 5, "门诊楼"), 0.0, -d * 0.62);
    put_near(
        site,
        work(Use::Hospital, Form::Offset, (62.0, 20.0), 15, "住院楼"),
        -w * 0.3,
        d * 0.22,
    );
    put_near(site, work(Use::Hospital, Form::Slab, (30.0, 18.0), 4, "医技楼"), w * 0.6, d * 0.15);
    put_near(site, work(Use::Hospital, Form::Slab, (40.0, 14.0), 4, "康复楼"), -w * 0.3, d * 0.75);
    put_near(site, work(Use::Other, Form::Slab, (16.0, 12.0), 1, "锅炉房"), w * 0.7, d * 0.75);
}

fn factory(site: &mut Site, dice: &mut Dice) {
    let (w, d) = (site.block.width() / 2.0, site.block.depth() / 2.0);
    let hall = work(Use::Industrial, Form::Slab, (dice.within(78.0, 92.0), 34.0), 1, "车间");
    put_near(site, hall, -w * 0.2, -d * 0.45);
    let second = work(Use::Industrial, Form::Angle, (dice.within(70.0, 84.0), 36.0), 1, "车间");
    put_near(site, second, -w * 0.25, d * 0.5);
    for step in 0..4 {
        let y = -d * 0.7 + f64::from(step) * d * 0.46;
        put_near(site, work(Use::Industrial, Form::Slab, (24.0, 15.0), 2, "辅助用房"), w * 0.74, y);
    }
}

fn storage(site: &mut Site) {
    let (w, d) = (site.block.width() / 2.0, site.block.depth() / 2.0);
    let rows = (d * 2.0 / 30.0).floor() as usize;
    for row in 0..rows {
        let y = -d + 14.0 + row as f64 * (2.0 * d - 28.0) / (rows.max(2) - 1) as f64;
        for x in [-w * 0.48, w * 0.48] {
            put_near(site, work(Use::Industrial, Form::Slab, (w * 0.86, 16.0), 1, "仓库"), x, y);
        }
    }
}

/// What stands beside the station hall; the hall itself spans two blocks.
fn station(site: &mut Site) {
    let (w, d) = (site.block.width() / 2.0, site.block.depth() / 2.0);
    match site.block.patch.0 {
        5 => {
            put_near(
                site,
                work(Use::Public, Form::Slab, (70.0, 24.0), 3, "长途汽车站"),
                0.0,
                d * 0.2,
            );
            put_near(
                site,
                work(Use::Other, Form::Slab, (40.0, 8.0), 1, "候车棚"),
                -w * 0.3,
                -d * 0.6,
            );
        }
        8 => {
            put_near(
                site,
                work(Use::Commercial, Form::Angle, (60.0, 34.0), 9, "站前旅馆"),
                -w * 0.3,
                0.0,
            );
            put_near(
                site,
                work(Use::Public, Form::Slab, (34.0, 16.0), 3, "邮政支局"),
                w * 0.62,
                0.0,
            );
        }
        _ => {}
    }
}

/// The station hall at the end of the drum tower street, between its two blocks.
pub fn station_hall() -> Draft {
    let middle = at(COLS[7], ROWS[13] + 62.0);
    let (w, d) = (66.0, 13.0);
    let plan = [
        (-w, -d),
        (-18.0, -d),
        (-18.0, -d - 7.0),
        (18.0, -d - 7.0),
        (18.0, -d),
        (w, -d),
        (w, d),
        (-w, d),
    ];
    Draft {
        patch: (6, 13),
        ring: plan.iter().map(|&(x, y)| warp::ground(middle + at(x, y))).collect(),
        usage: Use::Public,
        floors: 2,
        entrances: 1,
        dwellings: 0,
        name: "候车楼",
        door: (0, 0),
    }
}

fn office(site: &mut Site) {
    let (w, d) = (site.block.width() / 2.0, site.block.depth() / 2.0);
    put_near(site, work(Use::Public, Form::Yard, (76.0, 40.0), 6, "服务中心"), 0.0, d * 0.45);
    for side in [-1.0, 1.0] {
        let wing = work(Use::Office, Form::Slab, (44.0, 14.0), 5, "办公楼").upright();
        put_near(site, wing, side * w * 0.72, -d * 0.35);
    }
    put_near(site, work(Use::Public, Form::Slab, (44.0, 22.0), 3, "图书馆"), 0.0, -d * 0.72);
}

fn stadium(site: &mut Site) -> Option<Vec<At>> {
    let (w, d) = (site.block.width() / 2.0, site.block.depth() / 2.0);
    let track = field(site, -w * 0.28, 0.0, (62.0, 112.0));
    put_near(site, work(Use::Public, Form::Cross, (46.0, 46.0), 2, "体育馆"), w * 0.6, d * 0.5);
    put_near(site, work(Use::Public, Form::Slab, (40.0, 26.0), 1, "游泳馆"), w * 0.6, -d * 0.4);
    track
}

/// Malls with towers over them, hotels, a theatre.
fn center(site: &mut Site, dice: &mut Dice) {
    let (w, d) = (site.block.width() / 2.0, site.block.depth() / 2.0);
    let (col, row) = site.block.patch;
    let side = if (col + row) % 2 == 0 { 1.0 } else { -1.0 };
    put_near(
        site,
        work(
            Use::Commercial,
            Form::Angle,
            (dice.within(62.0, 72.0), dice.within(52.0, 60.0)),
            5,
            "商场",
        ),
        -side * w * 0.42,
        -d * 0.4,
    );
    put_near(
        site,
        work(Use::Office, Form::Slab, (30.0, 30.0), 24, "大厦"),
        side * w * 0.62,
        -d * 0.58,
    );
    put_near(
        site,
        work(Use::Office, Form::Cross, (32.0, 32.0), 18, "写字楼"),
        side * w * 0.62,
        d * 0.1,
    );
    put_near(
        site,
        work(Use::Commercial, Form::Offset, (52.0, 18.0), 12, "酒店"),
        -side * w * 0.42,
        d * 0.52,
    );
    let flats = Plot { usage: Use::Mixed, ..Plot::homes(Form::Slab, (34.0, 14.0), 10, 2, 2) };
    put_near(site, flats.named("公寓"), side * w * 0.58, d * 0.74);
}
