//! Registration (interoperability tests 101 to 111, 241, 950, 1250, 1350), and the rules behind them.

mod by_hand;
mod rules;
mod scenarios;
