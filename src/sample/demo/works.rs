//! Where people learn, heal, work, buy and travel: schools, hospital, factory, stores, station, offices.

use super::blocks::{Draft, Plot, Site};
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
    site.put_near(
        work(Use::School, Form::Yard, (58.0, 40.0), 4, "教学楼"),
        -side * (w - 36.0),
        -d * 0.45,
    );
    site.put_near(
        work(Use::School, Form::Slab, (52.0, 13.0), 4, "实验楼"),
        -side * (w - 34.0),
        d * 0.2,
    );
    site.put_near(
        work(Use::School, Form::Slab, (30.0, 22.0), 2, "体育馆"),
        -side * (w - 22.0),
        d * 0.68,
    );
    site.put_near(
        work(Use::School, Form::Slab, (18.0, 12.0), 2, "食堂"),
        -side * (w - 54.0),
        d * 0.72,
    );
    track
}

/// A running track, kept free: sixteen corners of an oval.
fn field(site: &mut Site, x: f64, y: f64, (width, depth): (f64, f64)) -> Option<Vec<At>> {
    let (x, y) = site.reserve_near(x, y, width, depth)?;
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
    let ward = |name| work(Use::Hospital, Form::Offset, (62.0, 20.0), 15, name);
    if site.block.patch.0.is_multiple_of(2) {
        // The wing of wards beside the main block.
        site.put_near(ward("外科楼"), -w * 0.2, -d * 0.55);
        site.put_near(ward("内科楼"), -w * 0.2, d * 0.1);
        site.put_near(
            work(Use::Hospital, Form::Cross, (30.0, 30.0), 6, "检验楼"),
            w * 0.68,
            -d * 0.4,
        );
        site.put_near(
            work(Use::Public, Form::Slab, (34.0, 16.0), 3, "营养食堂"),
            w * 0.55,
            d * 0.4,
        );
        site.put_near(
            work(Use::Hospital, Form::Slab, (44.0, 13.0), 5, "康复楼"),
            -w * 0.3,
            d * 0.74,
        );
        return;
    }
    site.put_near(work(Use::Hospital, Form::Yard, (84.0, 38.0), 5, "门诊楼"), 0.0, -d * 0.62);
    site.put_near(ward("住院楼"), -w * 0.3, d * 0.22);
    site.put_near(work(Use::Hospital, Form::Slab, (30.0, 18.0), 4, "医技楼"), w * 0.6, d * 0.15);
    site.put_near(work(Use::Hospital, Form::Slab, (40.0, 14.0), 4, "急诊楼"), -w * 0.3, d * 0.75);
    site.put_near(work(Use::Other, Form::Slab, (16.0, 12.0), 1, "锅炉房"), w * 0.7, d * 0.75);
}

fn factory(site: &mut Site, dice: &mut Dice) {
    let (w, d) = (site.block.width() / 2.0, site.block.depth() / 2.0);
    let (col, row) = site.block.patch;
    let side = if col % 2 == 0 { 1.0 } else { -1.0 };
    if (col + row) % 3 == 0 {
        // Long sheds side by side under saw-tooth roofs.
        for step in 0..5 {
            let x = -w * 0.78 + f64::from(step) * 19.0;
            let length = dice.within(0.62, 0.7) * site.block.depth();
            let shed = work(Use::Industrial, Form::Slab, (length, 16.0), 1, "车间").upright();
            site.put_near(shed, side * x, -d * 0.08);
        }
        site.put_near(
            work(Use::Office, Form::Slab, (26.0, 13.0), 4, "厂部"),
            side * w * 0.72,
            -d * 0.6,
        );
        site.put_near(
            work(Use::Industrial, Form::Slab, (22.0, 18.0), 2, "动力站"),
            side * w * 0.72,
            d * 0.3,
        );
        return;
    }
    let hall = work(Use::Industrial, Form::Slab, (dice.within(78.0, 92.0), 34.0), 1, "车间");
    site.put_near(hall, -side * w * 0.2, -d * 0.45);
    let second = work(Use::Industrial, Form::Angle, (dice.within(70.0, 84.0), 36.0), 1, "车间");
    site.put_near(second, -side * w * 0.25, d * 0.5);
    for step in 0..4 {
        let y = -d * 0.7 + f64::from(step) * d * 0.46;
        let annex =
            work(Use::Industrial, Form::Slab, (dice.within(18.0, 25.0), 15.0), 2, "辅助用房");
        site.put_near(annex, side * w * 0.74, y);
    }
}

fn storage(site: &mut Site) {
    let (w, d) = (site.block.width() / 2.0, site.block.depth() / 2.0);
    let rows = (d * 2.0 / 30.0).floor() as usize;
    for row in 0..rows {
        let y = -d + 14.0 + row as f64 * (2.0 * d - 28.0) / (rows.max(2) - 1) as f64;
        for x in [-w * 0.48, w * 0.48] {
            site.put_near(work(Use::Industrial, Form::Slab, (w * 0.86, 16.0), 1, "仓库"), x, y);
        }
    }
}

/// What stands beside the station hall; the hall itself spans two blocks.
fn station(site: &mut Site) {
    let (w, d) = (site.block.width() / 2.0, site.block.depth() / 2.0);
    match site.block.patch.0 {
        5 => {
            site.put_near(
                work(Use::Public, Form::Slab, (70.0, 24.0), 3, "长途汽车站"),
                0.0,
                d * 0.2,
            );
            site.put_near(
                work(Use::Other, Form::Slab, (40.0, 8.0), 1, "候车棚"),
                -w * 0.3,
                -d * 0.6,
            );
        }
        8 => {
            site.put_near(
                work(Use::Commercial, Form::Angle, (60.0, 34.0), 9, "站前旅馆"),
                -w * 0.3,
                0.0,
            );
            site.put_near(
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
    site.put_near(work(Use::Public, Form::Yard, (76.0, 40.0), 6, "服务中心"), 0.0, d * 0.45);
    for side in [-1.0, 1.0] {
        let wing = work(Use::Office, Form::Slab, (44.0, 14.0), 5, "办公楼").upright();
        site.put_near(wing, side * w * 0.72, -d * 0.35);
    }
    site.put_near(work(Use::Public, Form::Slab, (44.0, 22.0), 3, "图书馆"), 0.0, -d * 0.72);
}

fn stadium(site: &mut Site) -> Option<Vec<At>> {
    let (w, d) = (site.block.width() / 2.0, site.block.depth() / 2.0);
    let track = field(site, -w * 0.28, 0.0, (62.0, 112.0));
    site.put_near(work(Use::Public, Form::Cross, (46.0, 46.0), 2, "体育馆"), w * 0.6, d * 0.5);
    site.put_near(work(Use::Public, Form::Slab, (40.0, 26.0), 1, "游泳馆"), w * 0.6, -d * 0.4);
    track
}

/// Malls with towers over them, hotels, a market hall; three kinds that take turns.
fn center(site: &mut Site, dice: &mut Dice) {
    let (w, d) = (site.block.width() / 2.0, site.block.depth() / 2.0);
    let (col, row) = site.block.patch;
    let side = if (col + row) % 2 == 0 { 1.0 } else { -1.0 };
    let flats = Plot { usage: Use::Mixed, ..Plot::homes(Form::Slab, (34.0, 14.0), 10, 2, 2) };
    let flats = flats.named("公寓");
    match (col + 2 * row) % 3 {
        0 => {
            let mall = (dice.within(62.0, 72.0), dice.within(52.0, 60.0));
            site.put_near(
                work(Use::Commercial, Form::Angle, mall, 5, "商场"),
                -side * w * 0.42,
                -d * 0.4,
            );
            site.put_near(
                work(Use::Office, Form::Slab, (30.0, 30.0), 24, "大厦"),
                side * w * 0.62,
                -d * 0.58,
            );
            site.put_near(
                work(Use::Office, Form::Cross, (32.0, 32.0), 18, "写字楼"),
                side * w * 0.62,
                d * 0.1,
            );
            site.put_near(
                work(Use::Commercial, Form::Offset, (52.0, 18.0), 12, "酒店"),
                -side * w * 0.42,
                d * 0.52,
            );
            site.put_near(flats, side * w * 0.58, d * 0.74);
        }
        1 => {
            let mall = (dice.within(84.0, 96.0), dice.within(44.0, 50.0));
            site.put_near(work(Use::Commercial, Form::Offset, mall, 6, "百货大楼"), 0.0, -d * 0.45);
            for x in [-0.6, 0.0] {
                site.put_near(
                    work(Use::Office, Form::Slab, (27.0, 27.0), 22, "写字楼"),
                    side * w * x,
                    d * 0.3,
                );
            }
            site.put_near(flats, side * w * 0.6, d * 0.3);
            site.put_near(
                work(Use::Public, Form::Slab, (48.0, 20.0), 3, "剧场"),
                -side * w * 0.3,
                d * 0.78,
            );
        }
        _ => {
            let hall = (dice.within(58.0, 66.0), dice.within(38.0, 44.0));
            site.put_near(
                work(Use::Commercial, Form::Slab, hall, 2, "市场"),
                side * w * 0.4,
                d * 0.45,
            );
            site.put_near(
                work(Use::Commercial, Form::Yard, (66.0, 40.0), 4, "商城"),
                -side * w * 0.36,
                -d * 0.5,
            );
            site.put_near(
                work(Use::Office, Form::Cross, (30.0, 30.0), 20, "大厦"),
                side * w * 0.66,
                -d * 0.45,
            );
            site.put_near(flats, -side * w * 0.55, d * 0.3);
            site.put_near(
                work(Use::Commercial, Form::Slab, (36.0, 14.0), 8, "旅馆"),
                -side * w * 0.55,
                d * 0.72,
            );
        }
    }
}
