//! Every scenario of bootstrap, with a fault at each of its messages: what is left is a client that is registered, or
//! bootstraps again, with the old configuration or the new one.
//!
//! | file | what |
//! |---|---|
//! | `cases` | the scenarios |
//! | `fault` | what can go wrong |
//! | `device` | what a device keeps over a restart |
//! | `run` | a scenario with a fault, and what must hold after it |

mod cases;
mod device;
mod fault;
mod run;

use lwm2m_runtime::random::Random;

use cases::cases;
use fault::{Fault, MESSAGE_FAULTS};
use run::{Reference, suffer};

/// Each fault at every `stride`th message, beginning with another one for each fault; returns how many combinations ran.
fn sweep(stride: usize) -> usize {
    let mut combinations = 0;
    for case in cases() {
        for version in case.versions.iter().copied() {
            let reference = Reference::of(&case, version);
            for (kind, fault) in MESSAGE_FAULTS.iter().enumerate() {
                let first = (kind + combinations) % stride;
                for number in (first..reference.messages).step_by(stride) {
                    suffer(&case, version, &reference, &[(*fault, number)]);
                    combinations += 1;
                }
            }
            for times in 1..=3 {
                if case.refusable && stride <= usize::from(times) * 8 {
                    suffer(&case, version, &reference, &[(Fault::Refused(times), 0)]);
                    combinations += 1;
                }
            }
        }
    }
    combinations
}

/// Two faults at any messages, so many times for each scenario and version; returns how many combinations ran.
fn two_faults(times: usize) -> usize {
    let mut random = Random::new(0xfa_017);
    let mut combinations = 0;
    for case in cases() {
        for version in case.versions.iter().copied() {
            let reference = Reference::of(&case, version);
            let mut any = |count: usize| usize::try_from(random.up_to(count as u64 - 1)).unwrap();
            for _ in 0..times {
                // What follows a fault has messages of its own.
                let faults = [0, 1].map(|_| (MESSAGE_FAULTS[any(12)], any(reference.messages * 2)));
                suffer(&case, version, &reference, &faults);
                combinations += 1;
            }
        }
    }
    combinations
}

#[test]
fn two_faults_leave_the_old_configuration_or_the_new_one() {
    let combinations = two_faults(4);
    println!("{combinations} random pairs of faults");
    assert!(combinations > 100, "{combinations}");
}

#[test]
#[ignore = "thousands of runs, each over hours or days of simulated time"]
fn many_pairs_of_faults_leave_the_old_configuration_or_the_new_one() {
    let combinations = two_faults(200);
    println!("{combinations} random pairs of faults");
    assert!(combinations > 5_000, "{combinations}");
}

// proves: ROB-56
#[test]
fn a_fault_at_some_message_leaves_the_old_configuration_or_the_new_one() {
    let combinations = sweep(12);
    println!("{combinations} of the combinations of scenario, version, fault and message");
    assert!(combinations > 400, "{combinations}");
}

#[test]
#[ignore = "thousands of runs, each over hours or days of simulated time"]
fn a_fault_at_any_message_leaves_the_old_configuration_or_the_new_one() {
    let combinations = sweep(1);
    println!("{combinations} combinations of scenario, version, fault and message");
    assert!(combinations > 4_000, "{combinations}");
}
