namespace Lucid.ServiceDefaults;

/// <summary>The value of a call that answers without a body.</summary>
public readonly record struct Nothing;
