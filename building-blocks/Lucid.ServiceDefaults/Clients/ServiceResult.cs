using System.Diagnostics.CodeAnalysis;

namespace Lucid.ServiceDefaults;

/// <summary>The value of a call to another service, or why there is none.</summary>
public readonly record struct ServiceResult<T>
{
    public ServiceResult(T value) => Value = value;

    public ServiceResult(ServiceError error) => Error = error;

    public T? Value { get; }

    public ServiceError? Error { get; }

    [MemberNotNullWhen(false, nameof(Error))]
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsSuccess => Error is null;

    /// <summary>The callee says the thing does not exist (404).</summary>
    public bool IsNotFound => Error is { Status: 404 };
}
