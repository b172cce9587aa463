include!("../station.rs");
use station::Station;

fn main() {
    let _ = Station::NAME.at(0).to_execute();
}
