"""Serialises and deserialises with confluent-kafka-python's own serialisers against a registry.

One JSON object per line on standard input, one per line on standard output: {"do": "write"|"read", "format": "AVRO"|"JSON", "topic", "schema", "value", "bytes"} (bytes in hex).
"""
import json
import sys

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

settings = {"url": sys.argv[1]}
if len(sys.argv) > 2:
    settings["basic.auth.user.info"] = sys.argv[2]
client = SchemaRegistryClient(settings)


def serve(asked):
    context = SerializationContext(asked["topic"], MessageField.VALUE)
    if asked["do"] == "write":
        serializer = AvroSerializer if asked["format"] == "AVRO" else JSONSerializer
        first = (client, asked["schema"]) if asked["format"] == "AVRO" else (asked["schema"], client)
        return {"bytes": serializer(*first)(asked["value"], context).hex()}
    reader = AvroDeserializer(client) if asked["format"] == "AVRO" else JSONDeserializer(asked["schema"], schema_registry_client=client)
    return {"value": reader(bytes.fromhex(asked["bytes"]), context)}


for line in sys.stdin:
    try:
        print(json.dumps(serve(json.loads(line))), flush=True)
    except Exception as error:  # Told to who asked.
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
