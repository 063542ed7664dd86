-- The people of the test; roles belong to the whole cluster.  Run as superuser.
\set ON_ERROR_STOP on
SET client_min_messages = error;

CREATE ROLE shop NOLOGIN;			-- owns the tables
CREATE ROLE officer LOGIN;			-- records consent
CREATE ROLE analysts NOLOGIN;		-- a group that holds the grant for analytics
CREATE ROLE ana LOGIN;				-- reader with a grant for analytics
CREATE ROLE bob LOGIN;				-- reader without any grant
CREATE ROLE carol LOGIN;			-- reader with grants for analytics and marketing
CREATE ROLE dave LOGIN NOINHERIT;	-- may SET ROLE analysts, but does not inherit from it
CREATE ROLE erin LOGIN;				-- inherits analytics from analysts
CREATE ROLE frank LOGIN;			-- his grant has run out
CREATE ROLE wanda LOGIN;			-- a writer: fills an unprotected table that refers to a protected one
CREATE ROLE insider NOLOGIN;		-- holds the grant and owns a SECURITY DEFINER function
CREATE ROLE wrapper NOLOGIN;		-- holds none and owns a SECURITY DEFINER function
GRANT analysts TO dave, erin;
