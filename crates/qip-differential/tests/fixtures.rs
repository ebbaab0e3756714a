//! What a fixture says is what was found: read again, it is the same task.

use qip_cases::{Corpus, Outcome, OutputKind, Task};
use qip_conformance::judge;
use qip_differential::{Answers, Finding, Fixture, Generator, PREDICTION};

/// A finding in which a subject is wrong about every request.
fn finding(generator: &Generator, number: u64) -> Finding {
    let trial = generator.trial(1, number);
    let outcomes = trial.prediction().expect("there is a prediction").to_vec();
    let wrong = Outcome::Output {
        kind: OutputKind::Bytes,
        bytes: b"something else".to_vec(),
        content_type: None,
    };
    Finding {
        generator: generator.name(),
        seed: 1,
        number,
        answers: vec![
            Answers {
                who: PREDICTION.to_owned(),
                outcomes: outcomes.clone(),
            },
            Answers {
                who: "subject".to_owned(),
                outcomes: vec![wrong; outcomes.len()],
            },
        ],
        trial,
        repeats: true,
    }
}

#[test]
fn a_fixture_means_the_task_and_the_prediction() {
    let generator = Generator::planned();
    for number in 0..300 {
        let finding = finding(&generator, number);
        let directory = tempfile::tempdir().unwrap();
        let area = directory.path().join("area");
        let Some(fixture) = Fixture::of(&finding, &area) else {
            panic!("{finding}");
        };
        let path = fixture.write(&area).unwrap();
        let corpus =
            Corpus::open_file(&path).unwrap_or_else(|errors| panic!("{errors}\n{}", fixture.case));
        let [case] = corpus.cases() else {
            panic!("one case");
        };
        same_task(&case.task, &finding.trial.task);
        let predicted = &finding.answers[0].outcomes;
        for (expectation, outcome) in case.expectations.iter().zip(predicted) {
            let all = qip_conformance::Detail {
                indirect_kinds: true,
                texts: true,
            };
            assert_eq!(judge(expectation, outcome, all), [], "{}", fixture.case);
        }
    }
}

#[track_caller]
fn same_task(read: &Task, written: &Task) {
    assert_eq!(read.options, written.options);
    assert_eq!(read.limits, written.limits);
    assert_eq!(read.stages.len(), written.stages.len());
    for (read, written) in read.stages.iter().zip(&written.stages) {
        assert_eq!(read.module.binary(), written.module.binary());
        assert_eq!(read.uniforms, written.uniforms);
    }
    assert_eq!(read.requests.len(), written.requests.len());
    for (read, written) in read.requests.iter().zip(&written.requests) {
        assert_eq!(read.input, written.input);
        assert_eq!(read.content_type, written.content_type);
    }
}
