// The order pipeline by the AWS SDK for JavaScript v3: makes the activities and the machine, serves them, starts the orders,
// and checks how each ends.
import assert from "node:assert/strict";
import { setMaxListeners } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { SFN, TaskTimedOut, paginateGetExecutionHistory } from "@aws-sdk/client-sfn";
import { parse, stringify } from "lossless-json";
import { QUEUES, Shop, TaskFailed, idOf } from "./shop.mjs";

const ROLE = "arn:aws:iam::000000000000:role/orders";
const POLLERS = 8; // of each queue: a slow order holds one for eight seconds
const DEADLINE = 240_000; // milliseconds; the slowest order, whose stock never answers, takes 38 s

// StartSyncExecution goes to a host with `sync-` before its name, which does not resolve here: hence the switch.
const client = new SFN({
  disableHostPrefix: true,
  requestHandler: { httpAgent: { maxSockets: 200 } }, // each poll occupies one
});
const shop = new Shop();
const over = new AbortController();
setMaxListeners(0, over.signal); // every poll listens
let heartbeats = 0;

async function serve(queue, activityArn, workerName) {
  while (!over.signal.aborted) {
    const task = await client.getActivityTask({ activityArn, workerName }, { abortSignal: over.signal });
    if (task.taskToken) await work(queue, task);
  }
}

async function work(queue, { taskToken, input }) {
  try {
    const output = shop.handle(queue, input);
    await (output === undefined ? hold(taskToken) : client.sendTaskSuccess({ taskToken, output }));
  } catch (failure) {
    if (!(failure instanceof TaskFailed)) return late(failure);
    await client.sendTaskFailure({ taskToken, error: failure.error, cause: failure.message }).catch(late);
  }
}

// An answer that comes too late, on a busy machine, is refused: the attempt is over, and the task comes again.
function late(fault) {
  if (!(fault instanceof TaskTimedOut)) throw fault;
}

// No answer, but signs of life, until the attempt has timed out and they are refused.
async function hold(taskToken) {
  for (;;) {
    await client.sendTaskHeartbeat({ taskToken });
    heartbeats += 1;
    await sleep(1000);
  }
}

async function ended(executionArn) {
  for (;;) {
    const description = await client.describeExecution({ executionArn });
    if (description.status !== "RUNNING") return description;
    await sleep(500);
  }
}

async function statesEntered(executionArn) {
  const names = [];
  for await (const page of paginateGetExecutionHistory({ client, pageSize: 10 }, { executionArn, includeExecutionData: false })) {
    names.push(...page.events.flatMap((event) => event.stateEnteredEventDetails?.name ?? []));
  }
  return names;
}

// One order from its start to its end, which must be what the order says of it, to the last digit and character.
async function check(stateMachineArn, { name, input, expect }) {
  const { executionArn } = await client.startExecution({ stateMachineArn, name, input: stringify(input) });
  const description = await ended(executionArn);
  assert.equal(description.status, expect.status, name);
  assert.equal(description.error, expect.error, name);
  assert.equal(description.input, stringify(input), name);
  assert.deepEqual(await statesEntered(executionArn), expect.states, name);
  if (expect.status === "SUCCEEDED") {
    assert.equal(stringify(parse(description.output)), stringify({ ...input, ...expect.adds }), name);
  }
}

function slowOnes(orders) {
  const skus = (order) => order.input.items.map((item) => item.sku);
  const slow = orders.filter((order) => skus(order).some((sku) => sku.startsWith("SLOW-")));
  return new Map(slow.map((order) => [idOf(order.input), skus(order).includes("SLOW-ALWAYS") ? 4 : 1]));
}

async function sync() {
  const definition = '{"StartAt":"Price","States":{"Price":{"Type":"Pass","Result":{"total":1.10},"End":true}}}';
  const { stateMachineArn } = await client.createStateMachine({ name: "price-javascript", type: "EXPRESS", definition, roleArn: ROLE });
  const answer = await client.startSyncExecution({ stateMachineArn, input: "{}" });
  assert.deepEqual([answer.status, answer.output], ["SUCCEEDED", '{"total":1.10}']);
}

async function main() {
  let definition = readFileSync(process.env.ORDER_MACHINE, "utf8");
  const workers = [];
  for (const queue of QUEUES) {
    const { activityArn } = await client.createActivity({ name: `javascript-${queue}` });
    definition = definition.replaceAll(`"Resource": "${queue}"`, `"Resource": "${activityArn}"`);
    for (let number = 0; number < POLLERS; number += 1) workers.push(serve(queue, activityArn, `${queue}-${number}`));
  }
  const { stateMachineArn } = await client.createStateMachine({ name: "order-javascript", definition, roleArn: ROLE });
  const orders = readFileSync(process.env.ORDERS, "utf8").trim().split("\n").map((line) => parse(line));
  const late = sleep(DEADLINE, undefined, { ref: false }).then(() => assert.fail("orders are still running"));
  const all = Promise.all([sync(), ...orders.map((order) => check(stateMachineArn, order))]);
  await Promise.race([all, late, ...workers]); // a worker ends only by its fault
  assert.deepEqual(new Map([...shop.held].sort()), new Map([...slowOnes(orders)].sort()));
  over.abort();
  await Promise.allSettled(workers);
  console.log(`${orders.length} orders, ${heartbeats} heartbeats`);
}

await main();
