// Makes orders.template.json beside it, as CDK synthesises it:
//   npm install aws-cdk-lib@2.276.0 constructs@10 && node orders.mjs
import { writeFileSync } from 'node:fs';
import { App, Stack, Duration, aws_lambda as lambda, aws_logs as logs, aws_sqs as sqs,
  aws_stepfunctions as sfn, aws_stepfunctions_tasks as tasks } from 'aws-cdk-lib';

const app = new App({ analyticsReporting: false });
const stack = new Stack(app, 'Orders', { analyticsReporting: false });

const charge = new lambda.Function(stack, 'Charge', {
  runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler',
  code: lambda.Code.fromInline('exports.handler = async (order) => order'),
});
const queue = new sqs.Queue(stack, 'Shipments');
const pack = new sfn.Activity(stack, 'Pack', { activityName: 'pack' });

const notify = new sfn.StateMachine(stack, 'Notify', {
  definitionBody: sfn.DefinitionBody.fromString(JSON.stringify({
    StartAt: 'Send', States: { Send: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage',
      Parameters: { QueueUrl: '${Queue}', 'MessageBody.$': '$' }, End: true } },
  })),
  definitionSubstitutions: { Queue: queue.queueUrl },
});

new sfn.StateMachine(stack, 'Orders', {
  stateMachineName: 'orders',
  timeout: Duration.hours(1),
  logs: { destination: new logs.LogGroup(stack, 'Log', { logGroupName: 'orders' }), level: sfn.LogLevel.ERROR },
  tracingEnabled: true,
  definitionBody: sfn.DefinitionBody.fromChainable(
    new tasks.LambdaInvoke(stack, 'Charge card', { lambdaFunction: charge })
      .next(new tasks.StepFunctionsInvokeActivity(stack, 'Pack parcel', { activity: pack }))
      .next(new tasks.StepFunctionsStartExecution(stack, 'Notify customer', { stateMachine: notify })),
  ),
});

const template = app.synth().getStackByName('Orders').template;
writeFileSync(new URL('orders.template.json', import.meta.url), JSON.stringify(template, null, 1) + '\n');
