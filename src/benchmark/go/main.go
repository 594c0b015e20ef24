// Does the job of the function in plain Go: it checks the token with IAM and caches the answer, validates the checkpoint,
// writes it conditionally, and logs. It reads the environment of the function, and polls the Runtime API.
//
// With the argument "versions" it prints the versions that it was built with, and ends.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const cacheTime = 5 * time.Minute

var (
	name      = regexp.MustCompile(`^[A-Za-z0-9_-]{1,200}$`)
	partition = regexp.MustCompile(`^(shardId-)?[0-9]{1,10}$`)
	number    = regexp.MustCompile(`^[0-9]{1,19}$`)

	invocations = "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
)

type event struct {
	RawPath        string            `json:"rawPath"`
	Headers        map[string]string `json:"headers"`
	Body           string            `json:"body"`
	RequestContext struct {
		RequestID string `json:"requestId"`
	} `json:"requestContext"`
}

type submission struct {
	App            string `json:"app_name"`
	Stream         string `json:"stream_name"`
	Type           string `json:"checkpoint_type"`
	Partition      string `json:"partition_id"`
	SequenceNumber string `json:"sequence_number"`
	Metadata       string `json:"metadata"`
}

func (s submission) valid() bool {
	return name.MatchString(s.App) && name.MatchString(s.Stream) && s.Type == "LAST_READ" &&
		partition.MatchString(s.Partition) && number.MatchString(s.SequenceNumber)
}

// The cached answer of IAM about a token: its project, or an empty text if IAM does not know the token.
type known struct {
	project string
	until   time.Time
}

type peer struct {
	table  *dynamodb.Client
	tokens map[[sha256.Size]byte]known
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "versions" {
		fmt.Println(runtime.Version() + ", SDK for AWS " + aws.SDKVersion)
		return
	}
	options := dynamodb.Options{
		Region: os.Getenv("AWS_REGION"),
		Credentials: credentials.NewStaticCredentialsProvider(
			os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN")),
	}
	if endpoint := os.Getenv("QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE"); endpoint != "" {
		options.EndpointResolver = dynamodb.EndpointResolverFromURL(endpoint)
	}
	p := peer{table: dynamodb.New(options), tokens: map[[sha256.Size]byte]known{}}
	for {
		if err := p.poll(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func (p *peer) poll() error {
	next, body, err := send("GET", invocations+"next", nil, nil)
	if err != nil {
		return err
	}
	var request event
	if err := json.Unmarshal(body, &request); err != nil {
		return err
	}
	status, err := p.submit(request)
	if err != nil {
		return err
	}
	line, _ := json.Marshal(map[string]any{"request_id": request.RequestContext.RequestID, "status": status})
	fmt.Println(string(line))
	answer, _ := json.Marshal(map[string]any{
		"statusCode": status,
		"headers":    map[string]string{"content-length": "0"},
	})
	_, _, err = send("POST", invocations+next.Header.Get("Lambda-Runtime-Aws-Request-Id")+"/response", nil, answer)
	return err
}

func (p *peer) submit(request event) (int, error) {
	project, err := p.projectOf(request.Headers["x-auth-token"])
	if err != nil {
		return 0, err
	}
	if project == "" {
		return 401, nil
	}
	if !strings.HasPrefix(request.RawPath, "/v2/"+project+"/") {
		return 403, nil
	}
	var checkpoint submission
	if json.Unmarshal([]byte(request.Body), &checkpoint) != nil || !checkpoint.valid() {
		return 400, nil
	}
	_, err = p.table.UpdateItem(context.Background(), update(project, checkpoint))
	var refused *types.ConditionalCheckFailedException
	switch {
	case err == nil:
		return 201, nil
	case errors.As(err, &refused):
		return 400, nil
	default:
		return 503, nil
	}
}

// Does not ask for the stored item where the write is refused: SDKs before the middle of 2023 cannot, and no write of
// the benchmark is.
func update(project string, s submission) *dynamodb.UpdateItemInput {
	partition := strings.TrimPrefix(s.Partition, "shardId-")
	return &dynamodb.UpdateItemInput{
		TableName: aws.String(os.Getenv("CHECKPOINT_TABLE")),
		Key: map[string]types.AttributeValue{
			"consumer":   text(project + "/" + s.Stream + "/" + s.App),
			"checkpoint": text("LAST_READ/" + strings.Repeat("0", 10-len(partition)) + partition),
		},
		ConditionExpression: aws.String("attribute_not_exists(sequence_number) OR (sequence_number <= :sequence_number" +
			" AND (attribute_not_exists(generation_id) OR generation_id <= :generation_id))"),
		UpdateExpression: aws.String("SET sequence_number = :sequence_number, metadata = :metadata, updated_at = :now"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":sequence_number": &types.AttributeValueMemberN{Value: s.SequenceNumber},
			":generation_id":   &types.AttributeValueMemberN{Value: "9223372036854775807"},
			":metadata":        text(s.Metadata),
			":now":             text(time.Now().UTC().Format("2006-01-02T15:04:05.000Z")),
		},
	}
}

func text(value string) types.AttributeValue {
	return &types.AttributeValueMemberS{Value: value}
}

// Empty where IAM does not know the token.
func (p *peer) projectOf(token string) (string, error) {
	fingerprint := sha256.Sum256([]byte(token))
	if remembered, ok := p.tokens[fingerprint]; ok && time.Now().Before(remembered.until) {
		return remembered.project, nil
	}
	answer, body, err := send("GET", os.Getenv("CHECKPOINT_IAM_ENDPOINT")+"/v3/auth/tokens?nocatalog",
		http.Header{"X-Auth-Token": {token}, "X-Subject-Token": {token}}, nil)
	if err != nil {
		return "", err
	}
	var said struct {
		Token struct {
			Project struct {
				ID string `json:"id"`
			} `json:"project"`
		} `json:"token"`
	}
	if answer.StatusCode == http.StatusOK {
		if err := json.Unmarshal(body, &said); err != nil {
			return "", err
		}
	}
	p.tokens[fingerprint] = known{said.Token.Project.ID, time.Now().Add(cacheTime)}
	return said.Token.Project.ID, nil
}

// Reads the answer to its end, so that the connection is kept.
func send(method, url string, header http.Header, body []byte) (*http.Response, []byte, error) {
	request, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	return answer, content, err
}
