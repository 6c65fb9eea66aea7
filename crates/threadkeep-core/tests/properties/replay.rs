//! A client that joins in the middle gets the message that everybody gets.

use crate::run::{Line, any_run, fold, run};
use crate::wire::check_profile;
use proptest::prelude::*;
use threadkeep_core::replay::replay;
use threadkeep_core::{Accumulator, Reducer};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_replay_and_the_chunks_behind_it_give_the_whole_message_at_every_cut(lines in any_run()) {
        let sent = run(&lines).sent();
        let whole = fold(&sent);
        let mut so_far = Reducer::new("m");
        for cut in 0..=sent.len() {
            let replayed = replay(so_far.message());
            replayed.iter().for_each(|chunk| drop(check_profile(chunk)));
            prop_assert_eq!(&fold(&replayed), so_far.message(), "replayed at {}", cut);
            prop_assert_eq!(&fold(replayed.iter().chain(&sent[cut..])), &whole, "joined at {}", cut);
            if let Some(chunk) = sent.get(cut) {
                so_far.apply(chunk).unwrap();
            }
        }
    }

    #[test]
    fn the_metadata_of_the_start_is_replayed(lines in any_run()) {
        let metadata = serde_json::json!({"runId": "r1"});
        let mut run = Accumulator::new("m", Some(metadata.clone()));
        run.start();
        for line in &lines {
            if let Line::Event(event) = line {
                run.push(event.clone());
            }
        }
        let joined = fold(&replay(run.message()));
        prop_assert_eq!(&joined.metadata.unwrap()["runId"], &metadata["runId"]);
    }
}
