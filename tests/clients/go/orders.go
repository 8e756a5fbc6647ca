package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
)

// Values are kept as JSON text wherever nothing is done with them: 1.10 stays 1.10, an id of 20 digits loses none, and keys keep their order.
type order struct {
	Name   string          `json:"name"`
	Input  json.RawMessage `json:"input"`
	Expect struct {
		Status string          `json:"status"`
		Error  string          `json:"error"`
		Adds   json.RawMessage `json:"adds"`
		States []string        `json:"states"`
	} `json:"expect"`
}

// content is what the workers read of an order or of a part of it; the data says what happens to it.
type content struct {
	ID       json.RawMessage `json:"order_id"`
	Amount   json.RawMessage `json:"amount"`
	Card     struct{ Number string }
	Customer json.RawMessage
	Items    []struct{ Sku string }
	Holds    json.RawMessage `json:"reservation"`
}

type taskFailed struct{ name, cause string } // the name is what ErrorEquals matches

func (failed taskFailed) Error() string { return failed.name + ": " + failed.cause }

// shop is what the workers do. A task from AWS's face tells no attempt number: how often each slow order was held is remembered here.
type shop struct {
	sync.Mutex
	held map[string]int
}

// handle gives the output as JSON text, or "" where there shall be no answer at all.
func (shop *shop) handle(queue, input string) (string, error) {
	var order content
	if err := json.Unmarshal([]byte(input), &order); err != nil {
		return "", err
	}
	switch queue {
	case "payment":
		if order.Card.Number == "4000000000000002" {
			return fmt.Sprintf(`{"paid":false,"amount":%s}`, order.Amount), nil
		}
		return fmt.Sprintf(`{"paid":true,"receipt":%s,"amount":%s}`, order.named("receipt"), order.Amount), nil
	case "inventory":
		if order.asksFor("GONE") {
			return "", taskFailed{"OutOfStock", "no GONE is left"}
		}
		if shop.slow(order) {
			return "", nil
		}
		return fmt.Sprintf(`{"reservation":%s,"lines":%d}`, order.named("reservation"), len(order.Items)), nil
	case "shipping":
		var customer struct {
			Name    json.RawMessage
			Country string
		}
		if err := json.Unmarshal(order.Customer, &customer); err != nil {
			return "", err
		}
		if customer.Country == "Atlantis" {
			return "", taskFailed{"ShippingFailed", "no carrier goes to Atlantis"}
		}
		return fmt.Sprintf(`{"shipment":%s,"to":%s,"holds":%s}`, order.named("shipment"), customer.Name, order.Holds), nil
	case "refund":
		return fmt.Sprintf(`{"refund":%s,"amount":%s}`, order.named("refund"), order.Amount), nil
	case "email":
		return `{"sent":true}`, nil
	}
	return "", fmt.Errorf("no such queue: %s", queue)
}

func (shop *shop) slow(order content) bool {
	shop.Lock()
	defer shop.Unlock()
	before := shop.held[order.id()]
	slow := order.asksFor("SLOW-ALWAYS") || (order.asksFor("SLOW-ONCE") && before == 0)
	if slow {
		shop.held[order.id()] = before + 1
	}
	return slow
}

// heldAsExpected: each slow order was held as often as its Retry lets it be, once, or four times and given up.
func (shop *shop) heldAsExpected(orders []order) error {
	wanted := map[string]int{}
	for _, order := range orders {
		var input content
		if err := json.Unmarshal(order.Input, &input); err != nil {
			return err
		}
		if input.asksFor("SLOW-ALWAYS") {
			wanted[input.id()] = 4
		} else if input.asksFor("SLOW-ONCE") {
			wanted[input.id()] = 1
		}
	}
	return same("what was held", fmt.Sprint(shop.held), fmt.Sprint(wanted))
}

func (order content) asksFor(sku string) bool {
	for _, item := range order.Items {
		if item.Sku == sku {
			return true
		}
	}
	return false
}

// id is the order's id as text: some are numbers of twenty digits.
func (order content) id() string {
	var text string
	if json.Unmarshal(order.ID, &text) != nil {
		return string(order.ID)
	}
	return text
}

func (order content) named(what string) string {
	text, err := json.Marshal(what + "-" + order.id())
	if err != nil {
		panic(err) // a string is always JSON
	}
	return string(text)
}

func readOrders() ([]order, error) {
	file, err := os.Open(os.Getenv("ORDERS"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var orders []order
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var read order
		if err := json.Unmarshal(lines.Bytes(), &read); err != nil {
			return nil, err
		}
		orders = append(orders, read)
	}
	return orders, lines.Err()
}

// output is the input and what the workers add, in that order.
func (order order) output() string {
	input, adds := string(order.Input), string(order.Expect.Adds)
	if adds == "" || adds == "{}" {
		return input
	}
	return strings.TrimSuffix(input, "}") + "," + strings.TrimPrefix(adds, "{")
}

// plain is a JSON text in one form: no blanks, and strings escaped alike. Numbers and the order of keys are left as they are.
func plain(text string) (string, error) {
	var out bytes.Buffer
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case json.Delim, json.Number:
			fmt.Fprintf(&out, "%v\n", token)
		default:
			fmt.Fprintf(&out, "%#v\n", token)
		}
	}
	return out.String(), nil
}

func same(what, found, wanted string) error {
	if found == wanted {
		return nil
	}
	return fmt.Errorf("%s is\n  %.1500s\nbut should be\n  %.1500s", what, found, wanted)
}
