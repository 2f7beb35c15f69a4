namespace Lucid.ServiceDefaults;

/// <summary>A secret: its value is never shown in a fault, and <c>NAME_FILE</c> may name a file that holds it (read when <c>NAME</c> is unset; trailing line ends are cut).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
