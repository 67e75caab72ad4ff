package shep

// Namespaces of the channels. Only the element of an operation is in one of them;
// the types behind it have others, which never show on the wire.
const (
	syncTypes      = "http://bip.bee.kz/SyncChannel/v10/Types"
	syncInterfaces = "http://bip.bee.kz/SyncChannel/v10/Interfaces"
	asyncTypes     = "http://bip.bee.kz/AsyncChannel/v10/Types"
	asyncClient    = "http://bip.bee.kz/AsyncChannel/v10/Types/Client"
	soapEnvelope   = "http://schemas.xmlsoap.org/soap/envelope/"
	schemaSpace    = "http://www.w3.org/2001/XMLSchema"
	instanceSpace  = "http://www.w3.org/2001/XMLSchema-instance"
	xmlSpace       = "http://www.w3.org/XML/1998/namespace"
	contentType    = "text/xml; charset=utf-8"
	faultOfSync    = "SendMessageFault1_SendMessageFault"
	codeOfSuccess  = "SCSS001"
	codeOfFailure  = "SCSE001"
	messageOfOK    = "Message has been processed successfully"
	longestKey     = 30  // of a property
	longestValue   = 500 // of a property
	longestMessage = 250 // of a status
	usualLimit     = 8 << 20
	deepest        = 64
	mostElements   = 200_000
)

// Variant is how a business document travels in the element data.
type Variant string

// The variants that are live on the bus.
const (
	// Typed: data itself is the document, of a type of the business namespace:
	// <data xmlns:p="…" xsi:type="p:Request">, children in no namespace.
	Typed Variant = "typed"
	// Text: data is a string, the document escaped in it and signed for itself.
	Text Variant = "text"
	// Plain: data has the document as its children.
	Plain Variant = "plain"
)
