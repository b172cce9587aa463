//! What holds for all attributes and values.

use lwm2m_runtime::{
    link::NotificationAttributes,
    reporting::{Conditions, Evaluator, Observed, Sample},
};
use proptest::prelude::*;

use crate::clock::{notifications, second, worth};

prop_compose! {
    fn attributes()(
        pmin in prop::option::of(0_u32..30), pmax in prop::option::of(0_u32..60),
        epmin in prop::option::of(0_u32..20), epmax in prop::option::of(0_u32..40),
        gt in prop::option::of(-5.0..5.0), lt in prop::option::of(-5.0..5.0), st in prop::option::of(0.1..5.0),
        con in any::<Option<bool>>(), values in any::<bool>(),
    ) -> NotificationAttributes {
        let value = |number: Option<f64>| number.filter(|_| values);
        NotificationAttributes {
            pmin, pmax, epmin, epmax, con, gt: value(gt), lt: value(lt), st: value(st), ..Default::default()
        }
    }
}

fn number() -> impl Strategy<Value = Sample> {
    prop_oneof![
        (-8_i64..8).prop_map(Sample::Integer),
        any::<i64>().prop_map(Sample::Integer),
        any::<u64>().prop_map(Sample::Unsigned),
        (-8.0..8.0).prop_map(Sample::Float),
        any::<f64>().prop_map(Sample::Float),
        Just(Sample::Absent),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn periods_are_kept(
        attributes in attributes(),
        mut changes in prop::collection::vec((0_u64..300, number()), 0..40),
    ) {
        changes.sort_by_key(|(at, _)| *at);
        let sent = notifications(&attributes, Observed::Number, Sample::Integer(0), &changes, 400);
        let times: Vec<_> = core::iter::once(0).chain(sent.iter().map(|sent| sent.second)).collect();
        let pmin = u64::from(attributes.pmin.unwrap_or(0));
        let pmax = attributes.pmax.map(u64::from).filter(|pmax| *pmax > 0 && *pmax >= pmin);
        for pair in times.windows(2) {
            prop_assert!(pair[1] - pair[0] >= pmin.max(1) || pmin == 0, "{times:?}");
            if let Some(pmax) = pmax {
                prop_assert!(pair[1] - pair[0] <= pmax, "{times:?}");
            }
        }
        if let Some(pmax) = pmax {
            prop_assert!(400 - times.last().unwrap() < pmax, "{times:?}");
        }
    }

    #[test]
    fn without_conditions_the_last_value_always_arrives(
        pmin in 0_u32..30, epmin in 0_u32..30,
        mut changes in prop::collection::vec((0_u64..100, number()), 1..40),
    ) {
        changes.sort_by_key(|(at, _)| *at);
        let attributes = NotificationAttributes { pmin: Some(pmin), epmin: Some(epmin), ..Default::default() };
        let sent = notifications(&attributes, Observed::Number, Sample::Integer(0), &changes, 400);
        let last = sent.last().map_or(Sample::Integer(0), |sent| sent.value);
        prop_assert!(last.same(changes.last().unwrap().1), "{sent:?}");
    }

    /// A limit of so many 1024ths is exact as a double, and the comparison is one of whole numbers.
    #[test]
    fn thresholds_are_exact(
        value in prop_oneof![any::<i64>(), -100_i64..100], limit in -(1_i64 << 52)..1 << 52, near in any::<bool>(),
    ) {
        let limit = if near { i128::from(value.clamp(-(1 << 40), 1 << 40)) * 1024 + i128::from(limit % 3) } else { limit.into() };
        let number = limit as f64 / 1024.0;
        let scaled = i128::from(value) * 1024;
        let above = NotificationAttributes { gt: Some(number), ..Default::default() };
        let below = NotificationAttributes { lt: Some(number), ..Default::default() };
        let crosses = |attributes: &NotificationAttributes, reported| {
            !notifications(attributes, Observed::Number, reported, &[(1, Sample::Integer(value))], 1).is_empty()
        };
        prop_assert_eq!(crosses(&above, Sample::Float(f64::NEG_INFINITY)), scaled > limit);
        prop_assert_eq!(crosses(&below, Sample::Float(f64::INFINITY)), scaled < limit);
    }

    #[test]
    fn steps_are_exact(a in any::<i64>(), b in any::<i64>(), step in 1_u32..) {
        let far = (i128::from(a) - i128::from(b)).unsigned_abs() >= u128::from(step);
        let query = format!("st={step}");
        prop_assert_eq!(worth(&query, Observed::Number, Sample::Integer(a), Sample::Integer(b)), far);
    }

    #[test]
    fn any_sample_at_any_time_has_an_answer(
        attributes in attributes(), edge in any::<Option<bool>>(), boolean in any::<bool>(),
        steps in prop::collection::vec((any::<u32>(), number(), any::<bool>()), 0..20),
    ) {
        let attributes = NotificationAttributes { edge, ..attributes };
        let observed = if boolean { Observed::Boolean } else { Observed::Number };
        let mut evaluator = Evaluator::new(second(0), Conditions::new(&attributes, observed), Sample::Absent);
        for (at, sample, sent) in steps {
            // Time may even stand still or go back.
            evaluator.sample(sample);
            let _ = evaluator.poll(second(at.into()));
            if sent {
                evaluator.notified(second(at.into()));
            }
        }
    }
}
