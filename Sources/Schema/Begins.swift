enum SchemaBegins {}
