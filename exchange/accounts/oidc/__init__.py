"""Sign-in by OpenID Connect: the city's or the state's sign-in provider says who somebody is, in a token that we verify."""
