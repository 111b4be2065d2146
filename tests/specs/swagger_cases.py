"""A Swagger 2.0 document with what OpenAPI 3.0 writes in another way."""

from __future__ import annotations

SHOP = """\
swagger: "2.0"
info: {title: Shop, version: 1.2.0, x-logo: {url: "https://a.example.com/l.png"}}
host: shop.example.com:8443
basePath: /api/
schemes: [http, https]
consumes: [application/json]
produces: [application/json]
tags: [{name: orders}]
externalDocs: {url: "https://docs.example.com"}
securityDefinitions:
  basicAuth: {type: basic, description: Staff}
  "API Key": {type: apiKey, in: query, name: key}
  machine: {type: oauth2, flow: application, tokenUrl: "https://id.example.com/token", scopes: {read: Read, write: Write}}
  user: {type: oauth2, flow: accessCode, tokenUrl: "https://id.example.com/token", authorizationUrl: "https://id.example.com/auth", scopes: {read: Read}}
security:
  - machine: [read]
parameters:
  Tenant: {name: X-Tenant, in: header, type: string, required: true, minLength: 3}
  Page: {name: page, in: query, type: integer, format: int32, default: 1, minimum: 1}
  NewOrder: {name: order, in: body, required: true, description: The order, schema: {$ref: "#/definitions/Order"}}
  Note: {name: note, in: formData, type: string}
responses:
  NotFound: {description: No such thing, schema: {$ref: "#/definitions/Error"}}
paths:
  /orders:
    parameters:
      - $ref: "#/parameters/Tenant"
    get:
      operationId: listOrders
      tags: [orders]
      parameters:
        - $ref: "#/parameters/Page"
        - {name: ids, in: query, type: array, items: {type: string, enum: [a, b]}, collectionFormat: multi}
        - {name: tags, in: query, type: array, items: {type: string}}
        - {name: bars, in: query, type: array, items: {type: string}, collectionFormat: pipes}
        - {name: sps, in: query, type: array, items: {type: string}, collectionFormat: ssv}
        - {name: tabs, in: query, type: array, items: {type: string}, collectionFormat: tsv}
        - {name: X-Ids, in: header, type: array, items: {type: integer}}
      responses:
        "200":
          description: OK
          headers: {X-Total: {type: integer, description: How many}}
          schema: {type: array, items: {$ref: "#/definitions/Page%C2%ABOrder%C2%BB"}}
          examples: {application/json: [{a: 1}], text/csv: "a,b"}
        default: {$ref: "#/responses/NotFound"}
    post:
      operationId: addOrder
      security: [{"API Key": []}, {user: [read]}]
      parameters:
        - $ref: "#/parameters/NewOrder"
      responses: {"201": {description: Created, schema: {$ref: "#/definitions/Order"}}}
    put:
      operationId: xmlOrder
      consumes: [application/xml]
      produces: [application/xml]
      deprecated: true
      parameters:
        - $ref: "#/parameters/NewOrder"
      responses: {"200": {description: OK, schema: {$ref: "#/definitions/Order"}}, "404": {$ref: "#/responses/NotFound"}}
  /orders/{id}/files:
    parameters:
      - {name: id, in: path, type: string, required: true}
      - {name: kind, in: formData, type: string}
    post:
      operationId: attach
      consumes: [multipart/form-data]
      schemes: [http]
      parameters:
        - {name: file, in: formData, type: file, required: true, description: The file}
        - $ref: "#/parameters/Note"
        - {name: labels, in: formData, type: array, items: {type: string}, collectionFormat: multi}
      responses: {"204": {description: Done}}
    get:
      operationId: download
      produces: [application/pdf]
      responses: {"200": {description: PDF, schema: {type: file}}}
  /login:
    post:
      operationId: login
      consumes: [application/x-www-form-urlencoded]
      parameters:
        - {name: user, in: formData, type: string, required: true}
        - {name: scopes, in: formData, type: array, items: {type: string}, collectionFormat: csv}
      responses: {"200": {description: OK, schema: {$ref: "#/paths/~1orders~1{id}~1files/get/responses/200/schema"}}}
  /any:
    post:
      operationId: any
      consumes: ["*/*"]
      produces: ["*/*"]
      parameters:
        - {name: b, in: body, schema: {$ref: "#/definitions/Order/properties/lines/items"}}
      responses: {"200": {description: OK, schema: {type: string}}}
definitions:
  Error: {type: object, required: [code], properties: {code: {type: integer}, more: {type: string, x-nullable: true}}}
  "Page«Order»": {type: object, properties: {items: {type: array, items: {$ref: "#/definitions/Order"}}, next: {$ref: "#/definitions/Page«Order»"}}}
  Order:
    type: object
    discriminator: kind
    required: [kind]
    properties:
      kind: {type: string}
      discriminator: {type: string}
      lines: {type: array, items: {type: object, properties: {sku: {type: string}, parent: {$ref: "#/definitions/Order"}}}}
      extra: {type: object, additionalProperties: {$ref: "#/definitions/Error"}}
      price: {type: number, minimum: 0, exclusiveMinimum: true}
  Special: {allOf: [{$ref: "#/definitions/Order"}, {type: object, properties: {special: {type: boolean}}}]}
"""
