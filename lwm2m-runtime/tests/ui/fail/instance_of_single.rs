include!("../station.rs");
use station::Station;

fn main() {
    let _ = Station::NAME.at(0).instance(1);
}
