// Synthesises a stack with state machines into the folder given, as `cdk synth` would: what `everstep deploy` is tried with.
//   node app.mjs FOLDER ORDER_MACHINE
import { readFileSync } from "node:fs";
import { App, Duration, Stack, Tags } from "aws-cdk-lib";
import * as sfn from "aws-cdk-lib/aws-stepfunctions";
import * as tasks from "aws-cdk-lib/aws-stepfunctions-tasks";

const [outdir, orderMachine] = process.argv.slice(2);
const app = new App({ outdir });
const stack = new Stack(app, "Orders");

// The order pipeline as text, each queue a substitution: Ref of an activity is its ARN.
let definition = readFileSync(orderMachine, "utf8");
const definitionSubstitutions = {};
for (const queue of ["payment", "inventory", "shipping", "refund", "email"]) {
  const activity = new sfn.Activity(stack, `${queue}Activity`, { activityName: `cdk-${queue}` });
  definition = definition.replaceAll(`"Resource": "${queue}"`, `"Resource": "\${${queue}}"`);
  definitionSubstitutions[queue] = activity.activityArn;
}
new sfn.StateMachine(stack, "Order", {
  stateMachineName: "cdk-order",
  definitionBody: sfn.DefinitionBody.fromString(definition),
  definitionSubstitutions,
});

// Two that CDK writes: one starts the other, whose ARN it has by Ref within Fn::Join.
const greeting = new sfn.StateMachine(stack, "Greeting", {
  stateMachineName: "cdk-greeting",
  definitionBody: sfn.DefinitionBody.fromChainable(
    new sfn.Pass(stack, "Greet", { parameters: { "greeting.$": "States.Format('Hello, {}', $.name)" } }),
  ),
  timeout: Duration.minutes(1),
});
const greet = new tasks.StepFunctionsStartExecution(stack, "Let it greet", {
  stateMachine: greeting,
  integrationPattern: sfn.IntegrationPattern.RUN_JOB,
  input: sfn.TaskInput.fromObject({ "name.$": "$.name" }),
  outputPath: "$.Output",
});
const known = new sfn.Choice(stack, "Known?")
  .when(sfn.Condition.isPresent("$.name"), greet)
  .otherwise(new sfn.Fail(stack, "Nobody", { error: "Nobody", cause: "There is nobody to greet." }));
new sfn.StateMachine(stack, "Reception", {
  stateMachineName: "cdk-reception",
  definitionBody: sfn.DefinitionBody.fromChainable(known),
});

// Each deployment publishes what it changed, and the alias follows.
const version = new sfn.CfnStateMachineVersion(stack, "GreetingVersion", {
  stateMachineArn: greeting.stateMachineArn,
  stateMachineRevisionId: greeting.stateMachineRevisionId,
});
new sfn.CfnStateMachineAlias(stack, "GreetingLive", {
  name: "live",
  routingConfiguration: [{ stateMachineVersionArn: version.attrArn, weight: 100 }],
});
Tags.of(stack).add("team", "reception");

app.synth();
