namespace Lucid.Contracts.Errors;

/// <summary>The shared registry (gateway §11, auth §11, storage §4). Clusters with numbers of their own keep them in a registry beside this one.</summary>
public static class LucidErrors
{
    public static readonly ErrorCode InvalidRequest = Define(1001, 400, "Invalid request");
    public static readonly ErrorCode MissingField = Define(1002, 400, "Missing field");
    public static readonly ErrorCode BadFormat = Define(1003, 400, "Bad format");
    public static readonly ErrorCode UnsupportedMediaType = Define(1003, 415, "Unsupported media type");
    public static readonly ErrorCode OutOfRange = Define(1004, 400, "Value out of range");
    public static readonly ErrorCode BadUuid = Define(1005, 400, "Bad UUID");
    public static readonly ErrorCode BadEmail = Define(1006, 400, "Bad e-mail address");
    public static readonly ErrorCode WeakPassword = Define(1007, 400, "Weak password");
    public static readonly ErrorCode BadDate = Define(1008, 400, "Bad date");
    public static readonly ErrorCode BadJson = Define(1009, 400, "Bad JSON");
    public static readonly ErrorCode TooLarge = Define(1010, 413, "Too large");
    public static readonly ErrorCode DigestMismatch = Define(1001, 422, "Digest mismatch");

    public static readonly ErrorCode CredentialsInvalid = Define(2001, 401, "Credentials missing or invalid");
    public static readonly ErrorCode TokenExpired = Define(2002, 401, "Token expired");
    public static readonly ErrorCode TokenInvalid = Define(2003, 401, "Token invalid");
    public static readonly ErrorCode Forbidden = Define(2004, 403, "Forbidden");
    public static readonly ErrorCode AccountLocked = Define(2005, 403, "Account locked");
    public static readonly ErrorCode LinkExpired = Define(2006, 401, "Link or code expired");
    public static readonly ErrorCode TotpInvalid = Define(2007, 401, "One-time code invalid");
    public static readonly ErrorCode HardwareWallet = Define(2008, 400, "Hardware wallet refused");
    public static readonly ErrorCode SessionExpired = Define(2009, 401, "Session expired");
    public static readonly ErrorCode RefreshInvalid = Define(2010, 401, "Refresh token invalid");
    public static readonly ErrorCode WalletSignatureInvalid = Define(2011, 401, "Wallet signature invalid");
    public static readonly ErrorCode ChallengeInvalid = Define(2012, 401, "Challenge unknown, expired or used");
    public static readonly ErrorCode SessionCap = Define(2013, 409, "Too many log-in sessions");
    public static readonly ErrorCode MfaRequired = Define(2014, 401, "Second factor required");
    public static readonly ErrorCode MfaState = Define(2015, 409, "Second factor state");
    public static readonly ErrorCode StepUpRequired = Define(2016, 403, "Step-up required");
    public static readonly ErrorCode KycRequired = Define(2017, 403, "Identity check required");
    public static readonly ErrorCode AccountSuspended = Define(2018, 403, "Account suspended");
    public static readonly ErrorCode EmailNotVerified = Define(2019, 403, "E-mail address not verified");
    public static readonly ErrorCode RefreshReuse = Define(2020, 401, "Refresh token used again");
    public static readonly ErrorCode HardwareWalletRequired = Define(2021, 403, "Hardware wallet required");

    public static readonly ErrorCode RateLimited = Define(3001, 429, "Rate limit reached");
    public static readonly ErrorCode QuotaExceeded = Define(3002, 429, "Quota exceeded");
    public static readonly ErrorCode Blocked = Define(3003, 429, "Blocked for a while");
    public static readonly ErrorCode Bandwidth = Define(3004, 429, "Bandwidth exceeded");
    public static readonly ErrorCode Concurrency = Define(3005, 429, "Too many at once");

    public static readonly ErrorCode NotFound = Define(4001, 404, "Not found");
    public static readonly ErrorCode AlreadyExists = Define(4002, 409, "Already exists");
    public static readonly ErrorCode NotAllowed = Define(4003, 409, "Not allowed");
    public static readonly ErrorCode MethodNotAllowed = Define(4003, 405, "Method not allowed");
    public static readonly ErrorCode Disabled = Define(4003, 403, "Disabled");
    public static readonly ErrorCode PreconditionFailed = Define(4003, 412, "Precondition failed");
    public static readonly ErrorCode Balance = Define(4004, 409, "Balance too low");
    public static readonly ErrorCode SessionSize = Define(4005, 413, "Session size exceeded");
    public static readonly ErrorCode ChunkSize = Define(4006, 413, "Chunk size exceeded");
    public static readonly ErrorCode WrongState = Define(4007, 409, "Not possible in this state");
    public static readonly ErrorCode TransactionFailed = Define(4008, 422, "Transaction failed");
    public static readonly ErrorCode ChainDown = Define(4009, 503, "Chain unavailable");
    public static readonly ErrorCode PaymentsDown = Define(4010, 503, "Payments unavailable");
    public static readonly ErrorCode Gone = Define(4001, 410, "Gone");
    public static readonly ErrorCode RangeNotSatisfiable = Define(1004, 416, "Range not satisfiable");

    public static readonly ErrorCode Internal = Define(5001, 500, "Internal error");
    public static readonly ErrorCode Database = Define(5002, 503, "Database unavailable");
    public static readonly ErrorCode Upstream = Define(5003, 502, "Upstream failed");
    public static readonly ErrorCode IntegrityFailed = Define(5003, 502, "Stored content failed its integrity check");
    public static readonly ErrorCode Configuration = Define(5004, 500, "Configuration error");
    public static readonly ErrorCode Network = Define(5005, 502, "Network error");
    public static readonly ErrorCode Timeout = Define(5006, 504, "Timed out");
    public static readonly ErrorCode CircuitOpen = Define(5007, 503, "Circuit open");
    public static readonly ErrorCode Unavailable = Define(5008, 503, "Unavailable");
    public static readonly ErrorCode StorageFull = Define(5008, 507, "Storage full");
    public static readonly ErrorCode Maintenance = Define(5009, 503, "Maintenance");
    public static readonly ErrorCode Unknown = Define(5010, 500, "Unknown error");

    internal static ErrorCode Define(int number, int httpStatus, string title) =>
        new($"LUCID_ERR_{number:D4}", httpStatus, title);
}
