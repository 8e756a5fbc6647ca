// The order pipeline by the AWS SDK for Go v2: makes the activities and the machine, serves them, starts the orders, and checks
// how each ends.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const (
	role     = "arn:aws:iam::000000000000:role/orders"
	pollers  = 8                 // of each queue: a slow order holds one for eight seconds
	deadline = 240 * time.Second // the slowest order, whose stock never answers, takes 38 s
)

var queues = []string{"payment", "inventory", "shipping", "refund", "email"}

type worker struct {
	client     *sfn.Client
	shop       shop
	heartbeats int64
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	settings, err := config.LoadDefaultConfig(ctx) // the endpoint and the region are in the environment
	if err != nil {
		return err
	}
	settings.BaseEndpoint = aws.String(os.Getenv("AWS_ENDPOINT_URL"))
	client := sfn.NewFromConfig(settings, withoutHostPrefix)
	orders, err := readOrders()
	if err != nil {
		return err
	}
	if err := startSync(ctx, client); err != nil {
		return fmt.Errorf("StartSyncExecution: %w", err)
	}
	worker := &worker{client: client, shop: shop{held: map[string]int{}}}
	ends := make(chan error)
	machine, err := worker.begin(ctx, ends)
	if err != nil {
		return err
	}
	for _, one := range orders {
		go func(one order) { ends <- worker.check(ctx, machine, one) }(one)
	}
	for range orders { // an order's end, or a poller's fault
		if err := <-ends; err != nil {
			return err
		}
	}
	fmt.Printf("%d orders, %d heartbeats\n", len(orders), atomic.LoadInt64(&worker.heartbeats))
	return worker.shop.heldAsExpected(orders)
}

// StartSyncExecution goes to a host with `sync-` before its name, which does not resolve here.
func withoutHostPrefix(options *sfn.Options) {
	options.APIOptions = append(options.APIOptions, func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("WithoutHostPrefix", func(
			ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
		) (middleware.InitializeOutput, middleware.Metadata, error) {
			return next.HandleInitialize(smithyhttp.DisableEndpointHostPrefix(ctx, true), in)
		}), middleware.Before)
	})
}

func startSync(ctx context.Context, client *sfn.Client) error {
	machine, err := client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: aws.String("price-go"), RoleArn: aws.String(role), Type: types.StateMachineTypeExpress,
		Definition: aws.String(`{"StartAt":"Price","States":{"Price":{"Type":"Pass","Result":{"total":1.10},"End":true}}}`),
	})
	if err != nil {
		return err
	}
	answer, err := client.StartSyncExecution(ctx, &sfn.StartSyncExecutionInput{StateMachineArn: machine.StateMachineArn, Input: aws.String("{}")})
	if err != nil {
		return err
	}
	return same("its end", string(answer.Status)+" "+aws.ToString(answer.Output), `SUCCEEDED {"total":1.10}`)
}

// begin makes the activities and the machine, and polls; a poller ends only by its fault.
func (worker *worker) begin(ctx context.Context, faults chan<- error) (*string, error) {
	text, err := os.ReadFile(os.Getenv("ORDER_MACHINE"))
	if err != nil {
		return nil, err
	}
	definition := string(text)
	for _, queue := range queues {
		activity, err := worker.client.CreateActivity(ctx, &sfn.CreateActivityInput{Name: aws.String("go-" + queue)})
		if err != nil {
			return nil, err
		}
		definition = strings.ReplaceAll(definition, `"Resource": "`+queue+`"`, `"Resource": "`+*activity.ActivityArn+`"`)
		for number := 0; number < pollers; number++ {
			go func(queue string) { faults <- worker.serve(ctx, queue, activity.ActivityArn) }(queue)
		}
	}
	machine, err := worker.client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: aws.String("order-go"), Definition: &definition, RoleArn: aws.String(role),
	})
	if err != nil {
		return nil, err
	}
	return machine.StateMachineArn, nil
}

func (worker *worker) serve(ctx context.Context, queue string, activity *string) error {
	for {
		task, err := worker.client.GetActivityTask(ctx, &sfn.GetActivityTaskInput{ActivityArn: activity, WorkerName: &queue})
		if err != nil {
			return err
		}
		if aws.ToString(task.TaskToken) == "" {
			continue
		}
		err = worker.work(ctx, queue, task)
		var late *types.TaskTimedOut // on a busy machine, an answer that is refused: the attempt is over, and the task comes again
		if err != nil && !errors.As(err, &late) {
			return err
		}
	}
}

func (worker *worker) work(ctx context.Context, queue string, task *sfn.GetActivityTaskOutput) error {
	output, err := worker.shop.handle(queue, *task.Input)
	var failed taskFailed
	switch {
	case errors.As(err, &failed):
		_, err = worker.client.SendTaskFailure(ctx, &sfn.SendTaskFailureInput{
			TaskToken: task.TaskToken, Error: &failed.name, Cause: &failed.cause,
		})
		return err
	case err != nil:
		return err
	case output == "":
		return worker.hold(ctx, task.TaskToken)
	}
	_, err = worker.client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: task.TaskToken, Output: &output})
	return err
}

// hold gives no answer, but signs of life, until the attempt has timed out and they are refused.
func (worker *worker) hold(ctx context.Context, token *string) error {
	for {
		if _, err := worker.client.SendTaskHeartbeat(ctx, &sfn.SendTaskHeartbeatInput{TaskToken: token}); err != nil {
			return err
		}
		atomic.AddInt64(&worker.heartbeats, 1)
		time.Sleep(time.Second)
	}
}

// check carries one order from its start to its end, which must be what the order says of it, to the last digit and character.
func (worker *worker) check(ctx context.Context, machine *string, order order) error {
	started, err := worker.client.StartExecution(ctx, &sfn.StartExecutionInput{
		StateMachineArn: machine, Name: &order.Name, Input: aws.String(string(order.Input)),
	})
	if err != nil {
		return err
	}
	end, err := worker.ended(ctx, started.ExecutionArn)
	if err != nil {
		return err
	}
	states, err := worker.entered(ctx, started.ExecutionArn)
	if err != nil {
		return err
	}
	found := fmt.Sprintln(end.Status, aws.ToString(end.Error), states, aws.ToString(end.Input))
	wanted := fmt.Sprintln(order.Expect.Status, order.Expect.Error, order.Expect.States, string(order.Input))
	if err := same(order.Name, found, wanted); err != nil || end.Status != types.ExecutionStatusSucceeded {
		return err
	}
	output, err := plain(aws.ToString(end.Output))
	if err != nil {
		return err
	}
	expected, err := plain(order.output())
	if err != nil {
		return err
	}
	return same(order.Name+": output", output, expected)
}

func (worker *worker) ended(ctx context.Context, execution *string) (*sfn.DescribeExecutionOutput, error) {
	for {
		end, err := worker.client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: execution})
		if err != nil || end.Status != types.ExecutionStatusRunning {
			return end, err
		}
		time.Sleep(500 * time.Millisecond)
	}
}

func (worker *worker) entered(ctx context.Context, execution *string) ([]string, error) {
	var names []string
	pages := sfn.NewGetExecutionHistoryPaginator(worker.client, &sfn.GetExecutionHistoryInput{
		ExecutionArn: execution, IncludeExecutionData: aws.Bool(false), MaxResults: 10,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, event := range page.Events {
			if event.StateEnteredEventDetails != nil {
				names = append(names, *event.StateEnteredEventDetails.Name)
			}
		}
	}
	return names, nil
}
