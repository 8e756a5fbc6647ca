//! A template as CDK made it, one in YAML with every short form, and what can't be deployed.

use std::collections::BTreeMap;

use everstep_proto::v1::StateMachineType;
use serde_json::{Value, json};

use super::*;

const CDK: &str = include_str!("../../tests/cdk/orders.template.json");

fn given(parameters: &[(&str, &str)], resources: &[(&str, &str)]) -> Given {
    let owned = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    Given { parameters: owned(parameters), resources: owned(resources), stack: "shop".to_owned() }
}

fn deployed(text: &str, given: &Given) -> Result<Contents, Vec<String>> {
    let texts = |faults: Vec<Fault>| faults.iter().map(ToString::to_string).collect::<Vec<_>>();
    let template = Template::parse(text).map_err(|fault| texts(vec![fault]))?;
    let scope = Scope {
        template: &template,
        given,
        partition: "aws".to_owned(),
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
    };
    Contents::of(&scope, &["Left".to_owned()]).map_err(texts)
}

fn definition(machine: &Machine) -> Value {
    serde_json::from_str(&machine.definition).unwrap()
}

#[test]
fn a_template_of_cdk_comes_to_its_machines() {
    let queue = given(&[], &[("Shipments6E8A22F1", "https://sqs/shipments")]);
    let Contents { machines, activities, .. } = deployed(CDK, &queue).unwrap();
    let [pack] = &activities[..] else { panic!("{activities:?}") };
    assert_eq!((pack.id.as_str(), pack.name.as_str()), ("PackD3D51A0C", "pack"));
    let [notify, orders] = &machines[..] else { panic!("{machines:?}") };
    assert_eq!(notify.name, "Notify29C25B1B", "its logical id, where it has no name");
    assert_eq!(
        definition(notify)["States"]["Send"]["Parameters"]["QueueUrl"],
        "https://sqs/shipments"
    );
    assert_eq!((orders.name.as_str(), orders.r#type), ("orders", StateMachineType::Standard));
    assert_eq!(orders.role_arn, "arn:aws:iam::123456789012:role/OrdersRoleF1878990");
    let states = definition(orders)["States"].clone();
    assert_eq!(states["Charge card"]["Resource"], "arn:aws:states:::lambda:invoke");
    assert_eq!(
        states["Charge card"]["Parameters"]["FunctionName"],
        "arn:aws:lambda:eu-west-1:123456789012:function:ChargeEC431097"
    );
    assert_eq!(
        states["Pack parcel"]["Resource"],
        "arn:aws:states:eu-west-1:123456789012:activity:pack"
    );
    assert_eq!(
        states["Notify customer"]["Parameters"]["StateMachineArn"],
        "arn:aws:states:eu-west-1:123456789012:stateMachine:Notify29C25B1B"
    );
    let logging: Value = serde_json::from_str(orders.logging.as_deref().unwrap()).unwrap();
    let group = "arn:aws:logs:eu-west-1:123456789012:log-group:orders:*";
    assert_eq!(
        logging,
        json!({"level": "ERROR", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]})
    );
    assert_eq!(orders.tracing.as_deref(), Some(r#"{"enabled":true}"#));
}

const YAML: &str = r#"
Parameters:
  Stage: {Type: String, Default: test}
  Wait: {Type: Number}
Resources:
  Pay:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: !Sub "pay-${Stage}"}
  Orders:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      StateMachineName: !Join ["-", [!Ref "AWS::StackName", orders, !Ref Stage]]
      StateMachineType: EXPRESS
      RoleArn: !Sub
        - arn:${AWS::Partition}:iam::${Account}:role/r
        - Account: !Ref AWS::AccountId
      Comment: !Ref AWS::NoValue
      Definition:
        StartAt: Wait
        States:
          Wait: {Type: Wait, Seconds: 1.50, Next: Pay}
          Pay:
            Type: Task
            Resource: !GetAtt Pay.Arn
            Parameters: {name: !Ref Pay, literal: !Sub "${!Stage}", "seconds": !Ref Wait}
            End: true
"#;

#[test]
fn yaml_is_read_with_cloudformations_short_tags() {
    let text = YAML.replace("      Comment: !Ref AWS::NoValue\n", "");
    let Contents { machines, .. } = deployed(&text, &given(&[("Wait", "5")], &[])).unwrap();
    let [orders] = &machines[..] else { panic!("{machines:?}") };
    assert_eq!(
        (orders.name.as_str(), orders.r#type),
        ("shop-orders-test", StateMachineType::Express)
    );
    assert_eq!(orders.role_arn, "arn:aws:iam::123456789012:role/r");
    assert_eq!(
        orders.definition,
        r#"{"StartAt":"Wait","States":{"Wait":{"Type":"Wait","Seconds":1.50,"Next":"Pay"},"Pay":{"Type":"Task","Resource":"arn:aws:lambda:eu-west-1:123456789012:function:pay-test","Parameters":{"name":"pay-test","literal":"${Stage}","seconds":"5"},"End":true}}}"#
    );
}

fn machine(properties: Value) -> String {
    let mut template = json!({"Resources": {
        "M": {"Type": "AWS::StepFunctions::StateMachine"},
        "Q": {"Type": "AWS::SQS::Queue"}
    }});
    template["Resources"]["M"]["Properties"] = properties;
    template.to_string()
}

#[test]
fn what_cannot_be_deployed_is_named_with_its_place() {
    let string = |value: Value| machine(json!({"DefinitionString": value}));
    for (text, fault) in [
        (
            machine(json!({"DefinitionS3Location": {"Bucket": "b"}})),
            "Resources.M.Properties.DefinitionS3Location: a definition in S3 is not read; put it into the template",
        ),
        (
            machine(json!({"Definition": {}, "Colour": 1})),
            "Resources.M.Properties.Colour: the property is not known",
        ),
        (machine(json!({})), "Resources.M.Properties: it has no definition"),
        (
            string(json!({"Fn::Join": ["", ["a", {"Fn::If": ["c", "x", "y"]}]]})),
            "Resources.M.Properties.DefinitionString.Fn::Join[1].Fn::If: Fn::If is not supported",
        ),
        (
            string(json!({"Fn::Sub": "${Q}"})),
            "Resources.M.Properties.DefinitionString.Fn::Sub: Q is an AWS::SQS::Queue, which is not deployed here: give --resource Q=VALUE",
        ),
        (
            string(json!({"Fn::GetAtt": ["Q", "Arn"]})),
            "Resources.M.Properties.DefinitionString.Fn::GetAtt: Q is an AWS::SQS::Queue, which is not deployed here: give --resource Q.Arn=VALUE",
        ),
        (
            string(json!({"Ref": "Nothing"})),
            "Resources.M.Properties.DefinitionString: Nothing is neither a parameter nor a resource",
        ),
        (
            string(json!({"Fn::Sub": "${A"})),
            "Resources.M.Properties.DefinitionString.Fn::Sub: a `${` is not closed",
        ),
        (
            machine(json!({"StateMachineName": {"Fn::GetAtt": "M.Name"}, "Definition": {}})),
            "Resources.M: its name goes round in a circle",
        ),
        (
            machine(json!({"StateMachineType": "FAST", "Definition": {}})),
            "Resources.M.Properties.StateMachineType: it is STANDARD or EXPRESS",
        ),
        (
            json!({"Resources": {"A": {"Type": "AWS::Serverless::StateMachine"}}}).to_string(),
            "Resources.A: an AWS::Serverless::StateMachine is not deployed; leave it out with --skip A",
        ),
        (
            json!({"Transform": "AWS::Serverless-2016-10-31"}).to_string(),
            "Transform: transforms run at AWS alone; give what they make",
        ),
        ("- a\n".to_owned(), "template: it is no object"),
        ("a: &x 1\nb: *x\n".to_owned(), "template: aliases (`*name`) are not supported"),
    ] {
        assert_eq!(deployed(&text, &Given::default()), Err(vec![fault.to_owned()]), "{text}");
    }
    let missing = "Resources.Orders.Properties.Definition.States.Pay.Parameters.seconds: the parameter Wait has no value: give --parameter Wait=VALUE";
    let text = YAML.replace("      Comment: !Ref AWS::NoValue\n", "");
    assert_eq!(deployed(&text, &Given::default()), Err(vec![missing.to_owned()]));
}

#[test]
fn names_that_refer_to_each_other_are_refused() {
    let named = |by: &str| {
        json!({"Type": "AWS::StepFunctions::StateMachine", "Properties": {
            "Definition": {}, "StateMachineName": {"Fn::GetAtt": [by, "Name"]}
        }})
    };
    let text = json!({"Resources": {"A": named("B"), "B": named("A")}}).to_string();
    let faults = deployed(&text, &Given::default()).unwrap_err();
    assert!(faults[0].ends_with("goes round in a circle"), "{faults:?}");
}

const VERSIONS: &str = r#"
Resources:
  Order:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      StateMachineName: order
      Tags: [{Key: team, Value: pay}]
      Definition: {StartAt: A, States: {A: {Type: Succeed}}}
  Newest:
    Type: AWS::StepFunctions::StateMachineVersion
    Properties:
      Description: as deployed
      StateMachineArn: !Ref Order
      StateMachineRevisionId: !GetAtt Order.StateMachineRevisionId
  Pinned:
    Type: AWS::StepFunctions::StateMachineVersion
    Properties:
      StateMachineArn: !GetAtt Order.Arn
      StateMachineRevisionId: 0189-a
  Live:
    Type: AWS::StepFunctions::StateMachineAlias
    Properties:
      Name: live
      Description: what runs
      RoutingConfiguration:
        - {StateMachineVersionArn: !Ref Newest, Weight: 90}
        - {StateMachineVersionArn: !Sub "${Order}:1", Weight: "10"}
  Next:
    Type: AWS::StepFunctions::StateMachineAlias
    Properties:
      DeploymentPreference: {StateMachineVersionArn: !GetAtt Newest.Arn, Type: ALL_AT_ONCE}
  Caller:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition: {StartAt: A, States: {A: {Type: Task, Resource: "arn:aws:states:::states:startExecution",
        Parameters: {StateMachineArn: !Ref Live}, End: true}}}
"#;

#[test]
fn versions_and_aliases_are_read_before_their_numbers_are_known() {
    let contents = deployed(VERSIONS, &Given::default()).unwrap();
    let order = "arn:aws:states:eu-west-1:123456789012:stateMachine:order";
    let versions = contents.versions.iter();
    let versions: Vec<_> =
        versions.map(|it| (it.machine.as_str(), it.revision.as_deref())).collect();
    assert_eq!(versions, [("order", None), ("order", Some("0189-a"))]);
    assert_eq!(contents.versions[0].description, "as deployed");
    let [live, next] = &contents.aliases[..] else { panic!("{contents:?}") };
    let own = Target::Own("Newest".to_owned());
    assert_eq!((live.machine.as_str(), live.name.as_str()), ("order", "live"));
    assert_eq!(live.routes, [(own.clone(), 90), (Target::Arn(format!("{order}:1")), 10)]);
    assert_eq!((next.name.as_str(), &next.routes), ("Next", &vec![(own, 100)]));
    let task = &definition(&contents.machines[1])["States"]["A"];
    assert_eq!(task["Parameters"]["StateMachineArn"], format!("{order}:live"));
    let tags = contents.machines[0].tags.clone().unwrap();
    assert_eq!(tags.into_iter().collect::<Vec<_>>(), [("team".to_owned(), "pay".to_owned())]);
}

#[test]
fn versions_and_aliases_that_lead_nowhere_are_named_with_their_place() {
    for (before, after, fault) in [
        (
            "StateMachineArn: !GetAtt Order.Arn",
            "StateMachineArn: arn:aws:states:eu-west-1:1:stateMachine:order",
            "Resources.Pinned.Properties.StateMachineArn: arn:aws:states:eu-west-1:1:stateMachine:order is no state machine of here",
        ),
        (
            "Weight: 90",
            "Weight: most",
            "Resources.Live.Properties.RoutingConfiguration[0].Weight: a number from 0 to 100 is wanted",
        ),
        (
            "Type: ALL_AT_ONCE",
            "Type: CANARY",
            "Resources.Next.Properties.DeploymentPreference: a gradual deployment is CloudFormation's to carry out; give RoutingConfiguration",
        ),
        (
            "StateMachineArn: !Ref Live",
            "StateMachineArn: !Ref Newest",
            "Resources.Caller.Properties.Definition.States.A.Parameters.StateMachineArn: the number of the version Newest is known once it is published; refer to an alias, or give --resource Newest=VALUE",
        ),
        ("!Sub \"${Order}:1\"", "!Ref Live", "Resources.Live: its name goes round in a circle"),
        (
            "Tags: [{Key: team, Value: pay}]",
            "Tags: {team: pay}",
            "Resources.Order.Properties.Tags: a list of {Key, Value} is wanted",
        ),
    ] {
        let faults = deployed(&VERSIONS.replace(before, after), &Given::default()).unwrap_err();
        assert!(faults.contains(&fault.to_owned()), "{after}: {faults:?}");
    }
    let left = VERSIONS.replace("  Newest:", "  Left:").replace("!Ref Newest", "!Ref Left");
    let left = left.replace("!GetAtt Newest.Arn", "!Ref Left");
    let faults = deployed(&left, &Given::default()).unwrap_err();
    let fault = "Resources.Live: the version Left is left out: give --resource Left=VALUE";
    assert_eq!(faults[0], fault);
}
