namespace Lucid.Contracts.Events;

/// <summary>Who may publish to and subscribe from a topic. Every topic is protected: who is not listed is refused by the sidecar.</summary>
/// <param name="Component">The pub/sub component that carries it.</param>
public sealed record TopicRule(string Topic, string Component, IReadOnlyList<string> Publishers, IReadOnlyList<string> Subscribers);
