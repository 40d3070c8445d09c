/** Quality of service. MQTT 3.1.1 §4.3. */
export type Qos = 0 | 1 | 2;

/** The QoS a message is delivered with: that of the message or of the subscription, whichever is less. MQTT 3.1.1 §3.8.4. */
export function lowerQos(message: Qos, subscription: Qos): Qos {
  if (message > subscription) return subscription;
  return message;
}
