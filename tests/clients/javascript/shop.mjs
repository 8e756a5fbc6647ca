// What the workers do with an order, whose data says what happens to it. Numbers are kept as their text: 1.10 stays 1.10.
import { parse, stringify } from "lossless-json";

export const QUEUES = ["payment", "inventory", "shipping", "refund", "email"];

export class TaskFailed extends Error {
  constructor(name, cause) {
    super(cause);
    this.error = name; // which ErrorEquals matches
  }
}

export class Shop {
  // A task from AWS's face tells no attempt number: how often each slow order was held is remembered here.
  held = new Map();

  /** The output as JSON text, or undefined where there shall be no answer at all. */
  handle(queue, text) {
    const order = parse(text);
    const output = this.#work(queue, order, idOf(order), (order.items ?? []).map((item) => item.sku));
    return output && stringify(output);
  }

  #work(queue, order, id, skus) {
    switch (queue) {
      case "payment":
        if (order.card.number === "4000000000000002") return { paid: false, amount: order.amount };
        return { paid: true, receipt: `receipt-${id}`, amount: order.amount };
      case "inventory":
        if (skus.includes("GONE")) throw new TaskFailed("OutOfStock", "no GONE is left");
        if (this.#slow(id, skus)) return undefined;
        return { reservation: `reservation-${id}`, lines: skus.length };
      case "shipping":
        if (order.customer.country === "Atlantis") throw new TaskFailed("ShippingFailed", "no carrier goes to Atlantis");
        return { shipment: `shipment-${id}`, to: order.customer.name, holds: order.reservation };
      case "refund":
        return { refund: `refund-${id}`, amount: order.amount };
      case "email":
        return { sent: true };
    }
    throw new Error(`no such queue: ${queue}`);
  }

  #slow(id, skus) {
    const before = this.held.get(id) ?? 0;
    const slow = skus.includes("SLOW-ALWAYS") || (skus.includes("SLOW-ONCE") && before === 0);
    if (slow) this.held.set(id, before + 1);
    return slow;
  }
}

/** An order's id as text: some are numbers of twenty digits. */
export function idOf(order) {
  return typeof order.order_id === "string" ? order.order_id : stringify(order.order_id);
}
