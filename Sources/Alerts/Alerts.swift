/// Tells those who must know: programs by webhooks, teams by the robots of their chats, members and
/// customers by mail.
///
/// - `Webhooks/`: who is told, by which secret. `Deliveries/`: what is said to them, and when again.
/// - `Messages/`: how the outside hears of an event.
///
/// **Invariant:** what is told rests on a sealed event, so nothing is told of what did not happen.
/// **Invariant:** one address that does not answer keeps nobody else waiting.
package enum Alerts {}
