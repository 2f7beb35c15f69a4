namespace Lucid.ServiceDefaults;

/// <summary>The environment variable of an options property where it is not the property's name in SCREAMING_SNAKE_CASE.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EnvironmentNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
