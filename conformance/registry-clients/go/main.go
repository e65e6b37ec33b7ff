// Serialises and deserialises Avro with franz-go's registry client and hamba's Avro against a registry.
//
// One JSON object per line on standard input, one per line on standard output, as serdes.py.
package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/hamba/avro/v2"
	"github.com/twmb/franz-go/pkg/sr"
)

type request struct {
	Do     string         `json:"do"`
	Topic  string         `json:"topic"`
	Schema string         `json:"schema"`
	Value  map[string]any `json:"value"`
	Bytes  string         `json:"bytes"`
}

func serve(client *sr.Client, asked request) (map[string]any, error) {
	ctx := context.Background()
	var header sr.ConfluentHeader
	if asked.Do == "write" {
		registered, err := client.CreateSchema(ctx, asked.Topic+"-value", sr.Schema{Schema: asked.Schema})
		if err != nil {
			return nil, err
		}
		parsed, err := avro.Parse(asked.Schema)
		if err != nil {
			return nil, err
		}
		// JSON has doubles only.
		for name, value := range asked.Value {
			if number, is := value.(float64); is {
				asked.Value[name] = int(number)
			}
		}
		payload, err := avro.Marshal(parsed, asked.Value)
		if err != nil {
			return nil, err
		}
		framed, err := header.AppendEncode(nil, registered.ID, nil)
		if err != nil {
			return nil, err
		}
		return map[string]any{"bytes": hex.EncodeToString(append(framed, payload...))}, nil
	}
	framed, err := hex.DecodeString(asked.Bytes)
	if err != nil {
		return nil, err
	}
	id, payload, err := header.DecodeID(framed)
	if err != nil {
		return nil, err
	}
	found, err := client.SchemaByID(ctx, id)
	if err != nil {
		return nil, err
	}
	parsed, err := avro.Parse(found.Schema)
	if err != nil {
		return nil, err
	}
	var value map[string]any
	if err := avro.Unmarshal(parsed, payload, &value); err != nil {
		return nil, err
	}
	return map[string]any{"value": value}, nil
}

func main() {
	options := []sr.ClientOpt{sr.URLs(os.Args[1])}
	if len(os.Args) > 2 {
		name, password, _ := strings.Cut(os.Args[2], ":")
		options = append(options, sr.BasicAuth(name, password))
	}
	client, err := sr.NewClient(options...)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var asked request
		answer := map[string]any{}
		err := json.Unmarshal(lines.Bytes(), &asked)
		if err == nil {
			answer, err = serve(client, asked)
		}
		if err != nil {
			answer = map[string]any{"error": err.Error()}
		}
		text, _ := json.Marshal(answer)
		fmt.Println(string(text))
	}
}
