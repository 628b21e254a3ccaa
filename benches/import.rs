//! How fast each kind of file is read, on the sample city. Prints the size of every input.
//!
//! `LIFANG_BENCH_BUILDINGS` sets the size of the city; 20,000 buildings by default.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lifang::domain::register::rows::ImportKind;
use lifang::import::{ImportOptions, read};
use lifang::sample::city::{City, file_name};

fn parse(criterion: &mut Criterion) {
    let n_buildings =
        std::env::var("LIFANG_BENCH_BUILDINGS").ok().and_then(|text| text.parse().ok());
    let city = City::new(n_buildings.unwrap_or(20_000), 1);
    let mut group = criterion.benchmark_group("import");
    group.sample_size(10);
    for kind in ImportKind::ALL {
        let mut bytes = Vec::new();
        city.write(kind, &mut bytes).expect("memory takes anything");
        let options = ImportOptions::new(kind);
        let name = file_name(kind);
        let sheet = read(name, &bytes, &options, &mut |_, _| {}).expect("the sample city reads");
        println!("{}: {} rows, {:.1} MB", kind.word(), sheet.rows.len(), bytes.len() as f64 / 1e6);
        drop(sheet);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(kind.word(), |bencher| {
            bencher.iter(|| read(name, &bytes, &options, &mut |_, _| {}).expect("read before"));
        });
    }
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
