/// How the product speaks HTTP: routes and who may call them, input that cannot be invalid, problems in the
/// reader's
/// language, pages.
///
/// - `Routing/`: `Route`, `Access`, `RouteTable` (the guard of every route), `Principal`, `Permission`.
/// - `Calls/`: `Call`, and the readers of JSON bodies, forms and queries that collect every wrong field.
/// - `Problems/`: the one translation of `DomainError` into RFC 9457 and error pages.
/// - `Pages/`: templates compiled once per language, the shell, assets.
///
/// **Invariant:** nothing here sees the database; a status code is chosen in `Problems` only; no route is
/// reachable
/// without an `Access`.
package enum Web {}
